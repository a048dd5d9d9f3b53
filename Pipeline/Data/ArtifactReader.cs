using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Reads what <see cref="ArtifactWriter"/> wrote. Opening verifies the whole file against its SHA-256, so a byte that changed is an
/// <see cref="ArtifactException"/> before any of it is used; arrays are then read one by one, straight into their own memory.
/// </summary>
internal sealed class ArtifactReader
{
    private const int BlockBytes = 1 << 20;

    private readonly string _path;
    private readonly Dictionary<string, (int Size, long Count, long Offset)> _sections = new(StringComparer.Ordinal);

    public ArtifactReader(string path)
    {
        _path = path;
        if (!File.Exists(path)) throw new ArtifactException(path, "the artifact is missing; run again from the stage that makes it");
        using var file = Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            Verify(file, hash);
        }
        catch (EndOfStreamException e)
        {
            throw new ArtifactException(path, "the artifact is cut short; run again from the stage that makes it", e);
        }
    }

    /// <summary>Names under which ids or strings lie: those with <c>.offsets</c> and <c>.bytes</c>.</summary>
    public IEnumerable<string> Texts => _sections.Keys
        .Where(name => name.EndsWith(".bytes", StringComparison.Ordinal) && _sections.ContainsKey(name[..^".bytes".Length] + ".offsets"))
        .Select(name => name[..^".bytes".Length]);

    public bool Has(string name) => _sections.ContainsKey(name);

    /// <summary>The array of that name, in memory of its own.</summary>
    public T[] Read<T>(string name) where T : unmanaged
    {
        if (!_sections.TryGetValue(name, out var section)) throw Damaged($"it has no section '{name}'");
        int size = Marshal.SizeOf<T>();
        if (section.Size != size) throw Damaged($"section '{name}' holds elements of {section.Size} bytes, not {size}");
        var values = new T[section.Count];
        using var file = Open();
        file.Position = section.Offset;
        int block = BlockBytes / size;
        for (int at = 0; at < values.Length; at += block)
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(block, values.Length - at))));
        return values;
    }

    public T ReadJson<T>(string name) =>
        JsonSerializer.Deserialize<T>(Read<byte>(name)) ?? throw Damaged($"section '{name}' is empty");

    public string?[] ReadStrings(string name)
    {
        var offsets = Read<int>(name + ".offsets");
        var present = Read<byte>(name + ".present");
        var bytes = Read<byte>(name + ".bytes");
        var values = new string?[present.Length];
        for (int i = 0; i < values.Length; i++)
            if (present[i] != 0) values[i] = Encoding.UTF8.GetString(bytes, offsets[i], offsets[i + 1] - offsets[i]);
        return values;
    }

    private void Verify(FileStream file, IncrementalHash hash)
    {
        Span<byte> head = stackalloc byte[16];
        var block = new byte[BlockBytes];
        Get(file, hash, head[..8]);
        if (!head[..8].SequenceEqual(ArtifactWriter.Magic)) throw Damaged("it does not start as an artifact does");
        while (true)
        {
            Get(file, hash, head);
            int nameLength = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (nameLength == -1) break;
            int size = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
            long count = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
            if (nameLength is < 0 or > 4096 || size is < 1 or > 64 || count < 0 || count > file.Length / size)
                throw Damaged("a section's header is not one");
            Get(file, hash, block.AsSpan(0, nameLength));
            _sections[Encoding.UTF8.GetString(block, 0, nameLength)] = (size, count, file.Position);
            for (long left = count * size; left > 0; left -= Math.Min(left, BlockBytes))
                Get(file, hash, block.AsSpan(0, (int)Math.Min(left, BlockBytes)));
        }
        file.ReadExactly(block.AsSpan(0, 32));
        if (!block.AsSpan(0, 32).SequenceEqual(hash.GetHashAndReset())) throw Damaged("its SHA-256 is not the one written with it");
        if (file.Position != file.Length) throw Damaged("bytes follow its end");
    }

    private FileStream Open() => new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);

    private static void Get(FileStream file, IncrementalHash hash, Span<byte> into)
    {
        file.ReadExactly(into);
        hash.AppendData(into);
    }

    private ArtifactException Damaged(string cause) => new(_path, $"the artifact is corrupt: {cause}; run again from the stage that makes it");
}
