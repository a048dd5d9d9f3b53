using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Writes named arrays to one file: <c>magic, (name, element size, count, bytes)*, end mark, SHA-256 of all before it</c>. The file appears
/// under its name only when <see cref="Complete"/> has flushed it to disk: a killed writer leaves the old file or none.
/// </summary>
internal sealed class ArtifactWriter : IDisposable
{
    internal static ReadOnlySpan<byte> Magic => "RECSYSA1"u8;

    private readonly string _path;
    private readonly string _partial;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _complete;

    public ArtifactWriter(string path)
    {
        _path = path;
        _partial = PartialFile.Of(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        Put(Magic);
    }

    public ArtifactWriter Write<T>(string name, ReadOnlySpan<T> values) where T : unmanaged
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(head, nameBytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Marshal.SizeOf<T>());
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], values.Length);
        Put(head);
        Put(nameBytes);
        for (int at = 0; at < values.Length; at += 1 << 22)
            Put(MemoryMarshal.AsBytes(values[at..Math.Min(values.Length, at + (1 << 22))]));
        return this;
    }

    public ArtifactWriter Write<T>(string name, T[] values) where T : unmanaged => Write(name, (ReadOnlySpan<T>)values);

    public ArtifactWriter WriteJson<T>(string name, T value) => Write(name, (ReadOnlySpan<byte>)JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>Strings as UTF-8 with offsets; null stays null.</summary>
    public ArtifactWriter WriteStrings(string name, IReadOnlyList<string?> values)
    {
        var offsets = new int[values.Count + 1];
        var present = new byte[values.Count];
        using var bytes = new MemoryStream();
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is { } s)
            {
                present[i] = 1;
                bytes.Write(Encoding.UTF8.GetBytes(s));
            }
            offsets[i + 1] = checked((int)bytes.Length);
        }
        return Write(name + ".offsets", offsets).Write(name + ".present", present).Write<byte>(name + ".bytes", bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    public void Complete()
    {
        Span<byte> head = stackalloc byte[16];
        head.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(head, -1);
        Put(head);
        _file.Write(_hash.GetHashAndReset());
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_partial, _path, overwrite: true);
        _complete = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
        if (!_complete) File.Delete(_partial);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _hash.AppendData(bytes);
    }
}
