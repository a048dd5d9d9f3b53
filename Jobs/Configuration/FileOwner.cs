using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>Whose a file or folder is. The framework tells rights and no owner, so the system is asked.</summary>
internal static partial class FileOwner
{
    private const int AtWorkingFolder = -100;
    private const uint UidAndMode = 0x8 | 0x2;
    private const int Size = 256, UidAt = 20;

    /// <summary><c>user 'root' with rights rwxr-xr-x</c>; null where that is not known.</summary>
    public static string? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            byte[] answer = new byte[Size];
            if (Statx(AtWorkingFolder, path, 0, UidAndMode, answer) != 0) return null;
            return $"{Named(BitConverter.ToUInt32(answer, UidAt))} with rights {Rights(File.GetUnixFileMode(path))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    private static string Named(uint uid)
    {
        string number = uid.ToString(CultureInfo.InvariantCulture);
        // root:x:0:0:root:/root:/bin/bash
        string? name = File.Exists("/etc/passwd")
            ? File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(l => l.Length > 2 && l[2] == number)?[0]
            : null;
        return name is null ? $"user number {number}" : $"user '{name}'";
    }

    private static string Rights(UnixFileMode mode)
    {
        var text = new StringBuilder(9);
        for (int bit = 8; bit >= 0; bit--) text.Append(((int)mode >> bit & 1) != 0 ? "xwr"[bit % 3] : '-');
        return text.ToString();
    }

    // Its answer has the same layout on every architecture, which stat's has not.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] answer);
}
