using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recsys.Batch.Pipeline.Parquet.Footer;

/// <summary>What a file that is no Parquet file most likely is, and what to do about it, in plain words.</summary>
internal static class ForeignFile
{
    private static readonly (byte[] Head, string What)[] Known =
    [
        ([0x1F, 0x8B], "it is gzip-compressed: unpack it first (Parquet compresses inside)"),
        ([0x28, 0xB5, 0x2F, 0xFD], "it is zstd-compressed: unpack it first (Parquet compresses inside)"),
        ("PK"u8.ToArray(), "it is a ZIP archive or an Excel sheet: export it as Parquet"),
        ("ORC"u8.ToArray(), "it is an ORC file: convert it to Parquet"),
        ("Obj"u8.ToArray(), "it is an Avro file: convert it to Parquet"),
        ("ARROW1"u8.ToArray(), "it is an Arrow (Feather) file: convert it to Parquet"),
        ("SQLite format 3"u8.ToArray(), "it is an SQLite database: export the table as Parquet"),
        ("version https://git-lfs"u8.ToArray(), "it is a pointer of Git LFS, not the file: run 'git lfs pull'"),
    ];

    public static string Of(SafeFileHandle handle, long length)
    {
        var head = new byte[(int)Math.Min(512, length)];
        int read = RandomAccess.Read(handle, head, 0);
        var seen = head.AsSpan(0, read);
        if (seen.StartsWith("PAR1"u8))
        {
            return "it is half-written: it begins as a Parquet file and its end is missing, so its writer is still at it or was stopped, or a copy broke off; "
                + "let it end, or copy it again";
        }
        foreach (var (begin, what) in Known)
            if (seen.StartsWith(begin)) return what;
        if (seen.ContainsAnyExcept((byte)0) == false) return "it holds zeros alone: space was reserved and never written; copy it again";
        if (!IsText(seen)) return "it is of a kind that is not known here; convert it to Parquet, or take it out of the folder";
        return (char)seen.TrimStart(" \t\r\n\u00EF\u00BB\u00BF"u8)[0] switch
        {
            '{' or '[' => "it is text, most likely JSON: convert it to Parquet",
            '<' => "it is text, most likely HTML or XML, such as an error page in place of a download: download it again",
            _ => "it is text, most likely CSV: convert it to Parquet",
        };
    }

    private static bool IsText(ReadOnlySpan<byte> seen)
    {
        if (seen.Trim(" \t\r\n"u8).IsEmpty) return false;
        foreach (var rune in Encoding.UTF8.GetString(seen).EnumerateRunes())
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\r' or '\n')) return false;
        return true;
    }
}
