using Microsoft.Win32.SafeHandles;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>A file's bytes at any place, read ahead a little, so that small pages and headers do not each take a call.</summary>
internal sealed class PageWindow(SafeFileHandle handle, long end)
{
    private const int Ahead = 1 << 16;
    private const int MaxHeader = 1 << 20;

    private byte[] _bytes = new byte[Ahead];
    private long _start;
    private int _count;

    public PageHeader Header(long at)
    {
        if (at < 4 || at >= end) throw new InvalidDataException($"a page is said to be at byte {at}; expected 4 to {end - 1}");
        // Headers are some tens of bytes, unless they carry long statistics.
        for (int most = 512; ; most = Math.Min(MaxHeader, most * 16))
        {
            var bytes = Bytes(at, (int)Math.Min(most, end - at));
            try
            {
                return PageHeader.Parse(bytes);
            }
            catch (InvalidDataException) when (bytes.Count == most && most < MaxHeader)
            {
                // It may only be longer than what was looked at.
            }
        }
    }

    /// <summary>Valid until the next call.</summary>
    public ArraySegment<byte> Bytes(long at, int count)
    {
        if (at >= _start && at + count <= _start + _count) return new ArraySegment<byte>(_bytes, (int)(at - _start), count);
        if (_bytes.Length < count) _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, count + (long)count / 4));
        int wanted = (int)Math.Min(Math.Max(count, Ahead), end - at);
        (_start, _count) = (at, 0);
        while (_count < wanted)
        {
            int read = RandomAccess.Read(handle, _bytes.AsSpan(_count, wanted - _count), at + _count);
            if (read == 0) throw new InvalidDataException("the file became shorter while it was read");
            _count += read;
        }
        return new ArraySegment<byte>(_bytes, 0, count);
    }
}
