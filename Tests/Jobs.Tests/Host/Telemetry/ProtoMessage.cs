using System.Buffers.Binary;
using System.Text;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>A protobuf message by the numbers of its fields, as opentelemetry-proto gives them; it knows nothing of the exporter.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong tag = Varint(ref bytes);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add(((int)(tag >> 3), Varint(ref bytes), []));
                    break;
                case 1:
                    _fields.Add(((int)(tag >> 3), BinaryPrimitives.ReadUInt64LittleEndian(bytes), []));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref bytes);
                    _fields.Add(((int)(tag >> 3), 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add(((int)(tag >> 3), BinaryPrimitives.ReadUInt32LittleEndian(bytes), []));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    public IEnumerable<ProtoMessage> All(int field) => _fields.Where(f => f.Field == field).Select(f => new ProtoMessage(f.Bytes));

    public bool Has(int field) => _fields.Any(f => f.Field == field);

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexString(Bytes(field));

    public ulong Number(int field) => _fields.FirstOrDefault(f => f.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public double[] Doubles(int field) => [.. Bytes(field).Chunk(8).Select(b => BitConverter.ToDouble(b))];

    /// <summary>Repeated <c>KeyValue</c>s.</summary>
    public Dictionary<string, object> Attributes(int field) => All(field).ToDictionary(a => a.Text(1), a => Value(a.All(2).Single()), StringComparer.Ordinal);

    private static object Value(ProtoMessage any) =>
        any.Has(1) ? any.Text(1) : any.Has(2) ? any.Number(2) != 0 : any.Has(3) ? (object)(long)any.Number(3) : any.Double(4);

    private byte[] Bytes(int field) => _fields.LastOrDefault(f => f.Field == field).Bytes ?? [];

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
