using System.Buffers.Binary;

namespace Recsys.Batch.Pipeline.Parquet.Checksums;

/// <summary>CRC-32 of gzip and of Parquet pages (polynomial 0xEDB88320), eight bytes a step (Kounavis and Berry 2005).</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = Build();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        var t = Tables;
        while (bytes.Length >= 8)
        {
            ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = t[0x700 + (int)(eight & 0xFF)] ^ t[0x600 + (int)(eight >> 8 & 0xFF)] ^ t[0x500 + (int)(eight >> 16 & 0xFF)] ^ t[0x400 + (int)(eight >> 24 & 0xFF)]
                ^ t[0x300 + (int)(eight >> 32 & 0xFF)] ^ t[0x200 + (int)(eight >> 40 & 0xFF)] ^ t[0x100 + (int)(eight >> 48 & 0xFF)] ^ t[(int)(eight >> 56)];
            bytes = bytes[8..];
        }
        foreach (byte b in bytes) crc = t[(int)((crc ^ b) & 0xFF)] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] Build()
    {
        var t = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            t[i] = crc;
        }
        for (int i = 256; i < t.Length; i++) t[i] = t[i - 256] >> 8 ^ t[t[i - 256] & 0xFF];
        return t;
    }
}
