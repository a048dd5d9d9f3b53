using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>Where an int8 graph goes.</summary>
/// <param name="Graph">The file that is written.</param>
/// <param name="Copies">Whether the model's other files go with it, to a folder of its own.</param>
internal sealed record Int8Place(ModelFolder Model, string Folder, string Graph, bool Copies)
{
    /// <summary>Name of the float graph beside it, with which it may share constants.</summary>
    public string? Shared => Copies ? null : Path.GetFileName(Model.Graph);

    /// <param name="to">A folder that is not there yet; null is the model's own.</param>
    /// <exception cref="ConfigurationException">There is something already that was not made here.</exception>
    public static Int8Place Of(ModelFolder model, string? to)
    {
        bool copies = to is not null && Full(to) != Full(model.Path);
        if (copies && Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any())
            throw new ConfigurationException($"--out is {to}, which holds files already; expected a folder that is empty or not there, or the model's own");
        string folder = copies ? to! : model.Path;
        string graph = copies ? Path.Combine(folder, ModelFolder.Int8Graph) : Path.Combine(Path.GetDirectoryName(model.Graph)!, ModelFolder.Int8Graph);
        if (File.Exists(graph) && Int8File.Read(graph) is null)
            throw new ConfigurationException($"{graph} was made by another program and is not overwritten; move it away, or give a folder with --out");
        string first = Path.Combine(folder, ModelFolder.Int8Graph);
        if (first != graph && File.Exists(first))
            throw new ConfigurationException($"{first} would be opened before the {graph} that is asked for; move it away, or give a folder with --out");
        return new Int8Place(model, folder, graph, copies);
    }

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Writes the graph whole or not at all, behind the files that go with it; of a copy that fails nothing stays.</summary>
    /// <returns>The model's folder in which it lies.</returns>
    public string Write(byte[] graph)
    {
        bool isNew = !Directory.Exists(Folder);
        var copied = new List<string>();
        try
        {
            Directory.CreateDirectory(Folder);
            foreach (string name in Copies ? Model.Companions() : [])
            {
                string file = Path.Combine(Folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                // One that is there by now is another's, and is an error that leaves it alone.
                using (File.Open(file, FileMode.CreateNew)) copied.Add(file);
                File.Copy(Path.Combine(Model.Path, name), file, overwrite: true);
            }
            WriteGraph(graph);
            return Folder;
        }
        catch when (Copies)
        {
            foreach (string file in copied) File.Delete(file);
            DeleteEmpty(new DirectoryInfo(Folder), itself: isNew);
            throw;
        }
    }

    private void WriteGraph(byte[] graph)
    {
        string unfinished = Path.Combine(Path.GetDirectoryName(Graph)!, ".int8.unfinished");
        try
        {
            File.WriteAllBytes(unfinished, graph);
            File.Move(unfinished, Graph, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Deletes the folders in which nothing lies.</summary>
    private static void DeleteEmpty(DirectoryInfo folder, bool itself)
    {
        if (!folder.Exists) return;
        foreach (var below in folder.EnumerateDirectories()) DeleteEmpty(below, itself: true);
        if (itself && !folder.EnumerateFileSystemInfos().Any()) folder.Delete();
    }
}
