using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Tokenize;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// The files of a sentence-transformers export: <c>model.onnx</c> with its tokenizer and settings, else <c>model_quantized.onnx</c>, else
/// <c>model_int8.onnx</c>, in the folder or in its folder <c>onnx</c>.
/// </summary>
/// <param name="Shared">The graph beside <paramref name="Graph"/> that has some of its constants; null where all are its own.</param>
internal sealed record ModelFolder(string Path, string Graph, string? Shared, ModelSettings Settings)
{
    /// <summary>The graph that <see cref="EmbedPrecision.Int8"/> opens.</summary>
    public const string Int8Graph = "model_int8.onnx";

    private const string GraphFile = "model.onnx", Quantized = "model_quantized.onnx";

    /// <summary>Whether its products are of bytes, which the CPU runs.</summary>
    public bool IsInt8 => System.IO.Path.GetFileName(Graph) == Int8Graph;

    /// <summary>Licences, tables of contents and settings come along; weights of other programs do not.</summary>
    private const long MostBytes = 8 << 20;

    private static readonly string[] s_companions = [".json", ".txt", ".md", ""];

    /// <exception cref="TextModelException">A file is missing, or cannot be used.</exception>
    public static ModelFolder Open(string path, EmbedPrecision precision = EmbedPrecision.Auto)
    {
        if (!Directory.Exists(path))
            throw new TextModelException(path, "there is no such folder", $"a folder with {GraphFile} and vocab.txt or tokenizer.json");
        string[] names = precision switch
        {
            EmbedPrecision.Float32 => [GraphFile],
            EmbedPrecision.Int8 => [Int8Graph],
            _ => [GraphFile, Quantized, Int8Graph],
        };
        string graph = names.SelectMany(name => (string[])[System.IO.Path.Combine(path, name), System.IO.Path.Combine(path, "onnx", name)])
            .FirstOrDefault(File.Exists)
            ?? throw new TextModelException(path, $"there is no {names[0]} in it (files: {Names(path)})", Expected(path, precision));
        if (!File.Exists(System.IO.Path.Combine(path, Tokenizers.VocabularyFile)) && !File.Exists(System.IO.Path.Combine(path, Tokenizers.JsonFile)))
            throw new TextModelException(path, $"there is no tokenizer in it (files: {Names(path)})", $"{Tokenizers.VocabularyFile} or {Tokenizers.JsonFile}");
        string? shared = System.IO.Path.GetFileName(graph) == Int8Graph ? SharedBy(graph) : null;
        return new ModelFolder(path, graph, shared, ModelSettings.Read(path));
    }

    /// <summary>All files that decide the vectors, under names that do not depend on where the folder lies, with their SHA-256.</summary>
    public SortedDictionary<string, string> Fingerprints()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Weights that do not fit into the graph's file lie beside it, under names that start as the graph's does.
        var graphs = Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Graph)!, System.IO.Path.GetFileName(Graph) + "*");
        if (Shared is not null) graphs = graphs.Append(Shared);
        foreach (string file in graphs.Concat(Settings.Files).Concat(Tokenizers.FilesOf(Path)))
            found[System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/')] = FileFingerprint.Of(file);
        return found;
    }

    /// <summary>Names of the files that a copy of the model with another graph needs, and of what is said of the model.</summary>
    public SortedSet<string> Companions()
    {
        string graph = System.IO.Path.GetRelativePath(Path, Graph).Replace('\\', '/');
        var names = new SortedSet<string>(Fingerprints().Keys.Where(name => name != graph), StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Path))
            if (s_companions.Contains(System.IO.Path.GetExtension(file)) && new FileInfo(file).Length <= MostBytes) names.Add(System.IO.Path.GetFileName(file));
        return names;
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

    /// <summary>The float graph that an int8 graph has constants of. One that another float graph was put beside is refused.</summary>
    private static string? SharedBy(string graph)
    {
        if (Int8File.Read(graph) is not { } made) return null;
        if (made.Shared is { } shared && System.IO.Path.GetFileName(shared) != shared)
            throw new TextModelException(graph, $"it names '{shared}' as the file of its constants", "a file beside it: make it again with quantize-encoder");
        string beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(graph)!, made.Shared ?? GraphFile);
        bool there = File.Exists(beside);
        if (made.Shared is null && !there) return null;
        if (!there || FileFingerprint.Of(beside) != made.Source)
        {
            throw new TextModelException(
                graph, $"the {System.IO.Path.GetFileName(beside)} that it was made of is not the one beside it",
                "both of one model: make it again with quantize-encoder");
        }
        return made.Shared is null ? null : beside;
    }

    private static string Expected(string path, EmbedPrecision precision) => precision == EmbedPrecision.Int8
        ? $"the int8 graph that Embed:Precision=int8 asks for: make it with 'quantize-encoder --model {path} --texts FILE', or set Embed:Precision=auto"
        : $"{GraphFile}{(precision == EmbedPrecision.Auto ? $", {Quantized} or {Int8Graph}" : "")}, as 'optimum-cli export onnx' or "
            + "sentence-transformers write them, in it or in its folder onnx";

    private static string Names(string path)
    {
        var names = Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        return names.Length == 0 ? "none" : string.Join(", ", names.Take(12)) + (names.Length > 12 ? ", ..." : "");
    }
}
