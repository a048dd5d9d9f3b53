using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Tokenize;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// The files of a sentence-transformers export: <c>model.onnx</c> with its tokenizer and settings, else <c>model_quantized.onnx</c>, in the folder or in its
/// folder <c>onnx</c>.
/// </summary>
internal sealed record ModelFolder(string Path, string Graph, ModelSettings Settings)
{
    private const string GraphFile = "model.onnx", Quantized = "model_quantized.onnx";

    /// <exception cref="TextModelException">A file is missing, or cannot be used.</exception>
    public static ModelFolder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new TextModelException(path, "there is no such folder", $"a folder with {GraphFile} and vocab.txt or tokenizer.json");
        string[] graphs =
        [
            System.IO.Path.Combine(path, GraphFile), System.IO.Path.Combine(path, "onnx", GraphFile),
            System.IO.Path.Combine(path, Quantized), System.IO.Path.Combine(path, "onnx", Quantized),
        ];
        string graph = Array.Find(graphs, File.Exists) ?? throw new TextModelException(
            path, $"there is no {GraphFile} in it (files: {Names(path)})",
            $"{GraphFile} or {Quantized}, as 'optimum-cli export onnx' or sentence-transformers write them, in it or in its folder onnx");
        if (!File.Exists(System.IO.Path.Combine(path, Tokenizers.VocabularyFile)) && !File.Exists(System.IO.Path.Combine(path, Tokenizers.JsonFile)))
            throw new TextModelException(path, $"there is no tokenizer in it (files: {Names(path)})", $"{Tokenizers.VocabularyFile} or {Tokenizers.JsonFile}");
        return new ModelFolder(path, graph, ModelSettings.Read(path));
    }

    /// <summary>All files that decide the vectors, under names that do not depend on where the folder lies, with their SHA-256.</summary>
    public SortedDictionary<string, string> Fingerprints()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Weights that do not fit into the graph's file lie beside it, under names that start as the graph's does.
        var graphs = Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Graph)!, System.IO.Path.GetFileName(Graph) + "*");
        foreach (string file in graphs.Concat(Settings.Files).Concat(Tokenizers.FilesOf(Path)))
            found[System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/')] = FileFingerprint.Of(file);
        return found;
    }

    /// <param name="maxLength">Tokens after which texts are cut off.</param>
    /// <param name="engine">Two engines' vectors differ in their last bits.</param>
    /// <param name="prompt">What stands before every text.</param>
    public string Hash(int maxLength, EmbedEngine engine = EmbedEngine.OnnxRuntime, string prompt = "")
    {
        string text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"max {maxLength}\n") + (engine == EmbedEngine.OnnxRuntime
            ? ""
            : $"engine {engine}\n") + (prompt.Length == 0 ? "" : $"prompt {prompt}\n") + string.Join('\n', Fingerprints().Select(f => $"{f.Key} {f.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Names(string path)
    {
        var names = Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        return names.Length == 0 ? "none" : string.Join(", ", names.Take(12)) + (names.Length > 12 ? ", ..." : "");
    }
}
