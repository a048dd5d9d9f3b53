using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Recsys.Batch.Pipeline.Tests.Embed.Graphs;

/// <summary>ONNX graphs without a dependency: the few messages of onnx.proto that a model needs, in protobuf's wire format.</summary>
internal sealed class OnnxWriter
{
    public const int Float = 1, Int8 = 3, Int32 = 6, Int64 = 7, Float16 = 10;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];
    private readonly List<byte[]> _initializers = [];
    private int _number;

    /// <returns>The name of its output.</returns>
    public string Node(string op, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => Node(op, inputs, null, attributes);

    public string Node(string op, IEnumerable<string> inputs, string? output, params (string Name, object Value)[] attributes)
    {
        output ??= $"{op.ToLowerInvariant()}_{_number++}";
        Nodes(op, inputs, [output], attributes);
        return output;
    }

    public void Nodes(string op, IEnumerable<string> inputs, IEnumerable<string> outputs, params (string Name, object Value)[] attributes)
    {
        var node = new MemoryStream();
        foreach (string input in inputs) Bytes(node, 1, Encoding.UTF8.GetBytes(input));
        foreach (string output in outputs) Bytes(node, 2, Encoding.UTF8.GetBytes(output));
        Bytes(node, 4, Encoding.UTF8.GetBytes(op));
        foreach (var (name, value) in attributes) Bytes(node, 5, Attribute(name, value));
        Bytes(_nodes, 1, node.ToArray());
    }

    public string Constant(params long[] values) => Tensor(Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    public string Scalar(float value) => Tensor(Float, [], MemoryMarshal.AsBytes([value]));

    public string Weights(float[] values, params long[] shape) => Tensor(Float, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public string Tensor(int type, long[] shape, ReadOnlySpan<byte> raw)
    {
        string name = $"w_{_number++}";
        var tensor = new MemoryStream();
        foreach (long d in shape) Varint(tensor, 1, d);
        Varint(tensor, 2, type);
        Bytes(tensor, 8, Encoding.UTF8.GetBytes(name));
        Bytes(tensor, 9, raw);
        Bytes(_initializers, 5, tensor.ToArray());
        return name;
    }

    /// <param name="shape">A number, or a name for what is open.</param>
    public void Input(string name, int type, params object[] shape) => Bytes(_inputs, 11, Value(name, type, shape));

    public void Output(string name, int type, params object[] shape) => Bytes(_outputs, 12, Value(name, type, shape));

    public void Save(string path)
    {
        var graph = new MemoryStream();
        foreach (var part in _nodes) graph.Write(part);
        Bytes(graph, 2, "g"u8);
        foreach (var part in _initializers) graph.Write(part);
        foreach (var part in _inputs) graph.Write(part);
        foreach (var part in _outputs) graph.Write(part);
        var opset = new MemoryStream();
        Varint(opset, 2, 17);
        var model = new MemoryStream();
        Varint(model, 1, 8);
        Bytes(model, 7, graph.GetBuffer().AsSpan(0, (int)graph.Length));
        Bytes(model, 8, opset.ToArray());
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        model.WriteTo(file);
    }

    private static byte[] Value(string name, int type, object[] shape)
    {
        var dims = new MemoryStream();
        foreach (object d in shape)
        {
            var dim = new MemoryStream();
            if (d is string open) Bytes(dim, 2, Encoding.UTF8.GetBytes(open));
            else Varint(dim, 1, Convert.ToInt64(d, System.Globalization.CultureInfo.InvariantCulture));
            Bytes(dims, 1, dim.ToArray());
        }
        var tensor = new MemoryStream();
        Varint(tensor, 1, type);
        Bytes(tensor, 2, dims.ToArray());
        var typed = new MemoryStream();
        Bytes(typed, 1, tensor.ToArray());
        var value = new MemoryStream();
        Bytes(value, 1, Encoding.UTF8.GetBytes(name));
        Bytes(value, 2, typed.ToArray());
        return value.ToArray();
    }

    private static byte[] Attribute(string name, object value)
    {
        var to = new MemoryStream();
        Bytes(to, 1, Encoding.UTF8.GetBytes(name));
        switch (value)
        {
            case float f:
                Span<byte> bits = stackalloc byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(bits, f);
                Key(to, 2, 5);
                to.Write(bits);
                Varint(to, 20, 1);
                break;
            case int i:
                Varint(to, 3, i);
                Varint(to, 20, 2);
                break;
            case int[] many:
                foreach (int i in many) Varint(to, 8, i);
                Varint(to, 20, 7);
                break;
            default:
                throw new ArgumentException($"{name}: {value.GetType()}", nameof(value));
        }
        return to.ToArray();
    }

    private static void Bytes(List<byte[]> to, int field, ReadOnlySpan<byte> bytes)
    {
        var message = new MemoryStream();
        Bytes(message, field, bytes);
        to.Add(message.ToArray());
    }

    private static void Bytes(MemoryStream to, int field, ReadOnlySpan<byte> bytes)
    {
        Key(to, field, 2);
        Number(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Varint(MemoryStream to, int field, long value)
    {
        Key(to, field, 0);
        Number(to, (ulong)value);
    }

    private static void Key(MemoryStream to, int field, int wire) => Number(to, (ulong)((field << 3) | wire));

    private static void Number(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }
}
