namespace Recsys.Batch.Pipeline.Data;

/// <summary>A file that nobody but its owner may read, in a folder of the same kind.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text)
    {
        MakeFolder(System.IO.Path.GetDirectoryName(path)!);
        // Under a name of its own first: another host may read at any moment.
        string draft = $"{path}.{Environment.ProcessId}.new";
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, how))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            // What is deleted in reliance on it must not outlive it.
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>
    /// The file's text; where there is no file, what <paramref name="make"/> gives is written first. Of many hosts at once all get the first one's.
    /// </summary>
    public static string ReadOrMake(string path, Func<string> make)
    {
        if (File.Exists(path)) return File.ReadAllText(path);
        string draft = $"{path}.{Environment.ProcessId}.first";
        Write(draft, make());
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
        return File.ReadAllText(path);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
