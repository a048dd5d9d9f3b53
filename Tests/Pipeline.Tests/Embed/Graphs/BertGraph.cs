using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Embed.Graphs;

/// <summary>
/// An encoder of BERT's shape with random weights, as an ONNX file with its vocabulary beside it: attention, GELU and layer norms as PyTorch exports them.
/// MiniLM-L6 is the default's size.
/// </summary>
internal sealed record BertGraph
{
    public int Vocabulary { get; init; } = 30_522;

    public int Layers { get; init; } = 6;

    public int Width { get; init; } = 384;

    public int Heads { get; init; } = 12;

    public int Hidden { get; init; } = 1_536;

    public int Positions { get; init; } = 512;

    public bool TokenTypes { get; init; } = true;

    /// <summary>int32 inputs instead of int64.</summary>
    public bool Narrow { get; init; }

    /// <summary>Mean pooling in the graph, output <c>sentence_embedding</c>; else <c>last_hidden_state</c>.</summary>
    public bool Pools { get; init; }

    /// <summary>A dense layer behind the pooling.</summary>
    public bool Projects { get; init; }

    /// <summary>The output as float16.</summary>
    public bool Half { get; init; }

    /// <summary>Matrices as int8, activations quantized while it runs, as onnxruntime.quantization.quantize_dynamic makes them.</summary>
    public bool Quantized { get; init; }

    /// <summary>How matrices are stored.</summary>
    public StoredWeights Stored { get; init; }

    /// <summary>Factor of one channel of what every layer norm gives: real encoders have such channels.</summary>
    public float Outlier { get; init; } = 1;

    public ulong Seed { get; init; } = 7;

    public void Save(string path)
    {
        var g = new OnnxWriter();
        var random = new SplitMix64(Seed, "bert");
        int quantized = 0;
        int type = Narrow ? OnnxWriter.Int32 : OnnxWriter.Int64;
        foreach (string input in TokenTypes ? new[] { "input_ids", "attention_mask", "token_type_ids" } : ["input_ids", "attention_mask"])
            g.Input(input, type, "batch", "sequence");

        string length = g.Node("Gather", [g.Node("Shape", ["input_ids"]), g.Constant(1)], ("axis", 0));
        string positions = g.Node("Slice", [Random(Positions, Width), g.Constant(0), length, g.Constant(0)]);
        string x = g.Node("Add", [g.Node("Gather", [Random(Vocabulary, Width), "input_ids"], ("axis", 0)), positions]);
        if (TokenTypes) x = g.Node("Add", [x, g.Node("Gather", [Random(2, Width), "token_type_ids"], ("axis", 0))]);
        x = Norm(x);

        string mask = g.Node("Cast", ["attention_mask"], ("to", OnnxWriter.Float));
        string hidden = g.Node("Mul", [g.Node("Sub", [g.Scalar(1), g.Node("Unsqueeze", [mask, g.Constant(1, 2)])]), g.Scalar(-10_000)]);
        for (int layer = 0; layer < Layers; layer++)
        {
            x = Norm(g.Node("Add", [x, Linear(Attention(x, hidden), Width, Width)]));
            x = Norm(g.Node("Add", [x, Linear(Gelu(Linear(x, Width, Hidden)), Hidden, Width)]));
        }
        object[] shape = ["batch", "sequence", Width];
        string name = "last_hidden_state";
        if (Pools)
        {
            string wide = g.Node("Unsqueeze", [mask, g.Constant(-1)]);
            string sum = g.Node("ReduceSum", [g.Node("Mul", [x, wide]), g.Constant(1)], ("keepdims", 0));
            x = g.Node("Div", [sum, g.Node("ReduceSum", [wide, g.Constant(1)], ("keepdims", 0))]);
            if (Projects) x = Linear(x, Width, Width);
            (shape, name) = (["batch", Width], "sentence_embedding");
        }
        if (Half) g.Node("Cast", [x], name, ("to", OnnxWriter.Float16));
        else g.Node("Identity", [x], name);
        g.Output(name, Half ? OnnxWriter.Float16 : OnnxWriter.Float, shape);
        g.Save(path);

        string Random(int rows, int columns) => g.Weights(Values(rows * columns, 0.05f), rows, columns);

        float[] Values(int count, float scale)
        {
            var values = new float[count];
            for (int i = 0; i < count; i++) values[i] = scale * (float)random.NextNormal();
            return values;
        }

        string Linear(string input, int from, int to)
        {
            float[] weights = Values(from * to, 1 / MathF.Sqrt(from));
            string product = Quantized ? QuantizedProduct(input, weights, from, to) : g.Node("MatMul", [input, Matrix(weights, from, to)]);
            return g.Node("Add", [product, g.Weights(Values(to, 0.02f), to)]);
        }

        string Matrix(float[] weights, int from, int to)
        {
            if (Stored == StoredWeights.Plain) return g.Weights(weights, from, to);
            if (Stored == StoredWeights.Transposed)
            {
                var turned = new float[weights.Length];
                for (int i = 0; i < weights.Length; i++) turned[i % to * from + i / to] = weights[i];
                return g.Node("Transpose", [g.Weights(turned, to, from)], ("perm", new[] { 1, 0 }));
            }
            var halves = Array.ConvertAll(weights, w => (System.Half)w);
            string stored = g.Tensor(OnnxWriter.Float16, [from, to], System.Runtime.InteropServices.MemoryMarshal.AsBytes(halves.AsSpan()));
            return g.Node("Cast", [stored], ("to", OnnxWriter.Float));
        }

        string QuantizedProduct(string input, float[] weights, int from, int to)
        {
            float scale = weights.Max(Math.Abs) / 127;
            var bytes = weights.Select(w => (byte)(sbyte)MathF.Round(w / scale)).ToArray();
            string[] parts = [$"q_{quantized}", $"scale_{quantized}", $"zero_{quantized++}"];
            g.Nodes("DynamicQuantizeLinear", [input], parts);
            string whole = g.Node("MatMulInteger", [parts[0], g.Tensor(OnnxWriter.Int8, [from, to], bytes), parts[2]]);
            return g.Node("Mul", [g.Node("Cast", [whole], ("to", OnnxWriter.Float)), g.Node("Mul", [parts[1], g.Scalar(scale)])]);
        }

        string Norm(string input) => g.Node(
            "LayerNormalization", [input, g.Weights([Outlier, .. Enumerable.Repeat(1f, Width - 1)], Width), g.Weights(new float[Width], Width)], ("axis", -1),
            ("epsilon", 1e-12f));

        string Gelu(string input) => g.Node(
            "Mul", [g.Node("Mul", [input, g.Node("Add", [g.Node("Erf", [g.Node("Div", [input, g.Scalar(MathF.Sqrt(2))])]), g.Scalar(1)])]), g.Scalar(0.5f)]);

        string Split(string input, params int[] order) =>
            g.Node("Transpose", [g.Node("Reshape", [Linear(input, Width, Width), g.Constant(0, 0, Heads, Width / Heads)])], ("perm", order));

        string Attention(string input, string maskAdded)
        {
            string scores = g.Node("Div", [g.Node("MatMul", [Split(input, 0, 2, 1, 3), Split(input, 0, 2, 3, 1)]), g.Scalar(MathF.Sqrt(Width / (float)Heads))]);
            string shares = g.Node("Softmax", [g.Node("Add", [scores, maskAdded])], ("axis", -1));
            string mixed = g.Node("Transpose", [g.Node("MatMul", [shares, Split(input, 0, 2, 1, 3)])], ("perm", new[] { 0, 2, 1, 3 }));
            return g.Node("Reshape", [mixed, g.Constant(0, 0, Width)]);
        }
    }
}

/// <summary>How an exporter stores matrices of weights.</summary>
internal enum StoredWeights
{
    Plain,

    /// <summary>float16, cast to float32 as the graph runs.</summary>
    Halves,

    /// <summary>As PyTorch has them, transposed as the graph runs.</summary>
    Transposed,
}
