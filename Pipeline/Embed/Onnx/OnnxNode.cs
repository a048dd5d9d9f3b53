using Google.Protobuf;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>A node of a graph: what it does, and which values it reads and makes.</summary>
/// <param name="Domain">Empty is ONNX's own operators.</param>
/// <param name="Message">The node as it is written.</param>
internal sealed record OnnxNode(string Type, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, ByteString Message)
{
    public static OnnxNode Of(ByteString message)
    {
        string type = "", domain = "";
        var (inputs, outputs) = (new List<string>(), new List<string>());
        ProtoFields.Each(message, (field, _, input) =>
        {
            switch (field)
            {
                case OnnxMessage.NodeInput: inputs.Add(input.ReadString()); break;
                case OnnxMessage.NodeOutput: outputs.Add(input.ReadString()); break;
                case OnnxMessage.NodeType: type = input.ReadString(); break;
                case OnnxMessage.NodeDomain: domain = input.ReadString(); break;
                default: input.SkipLastField(); break;
            }
        });
        return new OnnxNode(type, domain, inputs, outputs, message);
    }

    /// <summary>Whether it is an operator of ONNX itself.</summary>
    public bool Is(string type) => Type == type && Domain is "" or "ai.onnx";

    /// <summary>Whether graphs are inside of it, as in If and Loop, that may read values around them.</summary>
    public bool HasGraphs() => Attributes().Any(a => ProtoFields.Bytes(a, OnnxMessage.AttributeGraph) is not null);

    public int? Number(string attribute) => Attribute(attribute) is { } found ? ProtoFields.Number(found, OnnxMessage.AttributeInt) : null;

    public ByteString? Tensor(string attribute) => Attribute(attribute) is { } found ? ProtoFields.Bytes(found, OnnxMessage.AttributeTensor) : null;

    /// <summary>Null where the attribute is not there.</summary>
    public IReadOnlyList<long>? Numbers(string attribute) => Attribute(attribute) is { } found ? ProtoFields.Numbers(found, OnnxMessage.AttributeInts) : null;

    private ByteString? Attribute(string name) => Attributes().FirstOrDefault(a => ProtoFields.Bytes(a, OnnxMessage.AttributeName)?.ToStringUtf8() == name);

    private List<ByteString> Attributes() => ProtoFields.All(Message, OnnxMessage.NodeAttribute);
}
