using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// One writer an output folder. The operating system holds the lock, so it falls with its process however that ends: a lock file
/// left behind is taken over.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _holder;

    private StoreLock(FileStream file, string holder)
    {
        _file = file;
        _holder = holder;
    }

    /// <exception cref="RunFailedException">Another process, or another run of this one, is at work on the folder.</exception>
    public static StoreLock Acquire(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "lock");
        string holder = Path.Combine(folder, "lock.holder");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            string by = File.Exists(holder) ? File.ReadAllText(holder, Encoding.UTF8).Trim() : "another process";
            throw new RunFailedException($"{folder} is in use by {by}; wait for it to end, or choose another output folder", e);
        }
        try
        {
            AtomicFile.WriteText(holder, string.Create(CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}, since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC\n"));
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return new StoreLock(file, holder);
    }

    /// <summary>Whether no process holds the folder's lock at this moment.</summary>
    public static bool IsFree(string folder)
    {
        if (!Directory.Exists(folder)) return true;
        try
        {
            using var file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return false;
        }
    }

    public void Dispose()
    {
        // The lock file itself stays: removing it would let two writers lock two files of one name.
        File.Delete(_holder);
        _file.Dispose();
    }
}
