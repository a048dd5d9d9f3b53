using System.Text;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>Small text files that readers see whole, old or new, whenever the writer dies.</summary>
internal static class AtomicFile
{
    /// <summary>Writes <paramref name="text"/> as UTF-8 beside <paramref name="path"/>, flushes it to disk and renames it in.</summary>
    public static void WriteText(string path, string text)
    {
        string partial = PartialFile.Of(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
    }
}
