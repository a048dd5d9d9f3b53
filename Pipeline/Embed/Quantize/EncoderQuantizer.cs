using System.Globalization;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>
/// Writes a model's graph in int8 (post-training static quantization): weights in 7 bits with a scale for each column, activations in 8 bits with a scale that
/// texts set beforehand. Products whose rounding moves the vectors too far stay in float.
/// </summary>
internal sealed class EncoderQuantizer
{
    /// <summary>Mean cosine of vectors to the float graph's on held-out texts that is asked for unless another is.</summary>
    public const double UsualCosine = 0.999;

    private const int Rounds = 5;

    private readonly ModelFolder _model;
    private readonly EmbedOptions _options;
    private readonly CalibrationTexts _texts;
    private readonly StageContext _context;
    private readonly GraphFile _graph;
    private readonly IReadOnlyList<WeightProduct> _products;

    private EncoderQuantizer(ModelFolder model, EmbedOptions options, CalibrationTexts texts, StageContext context)
    {
        (_model, _options, _texts, _context) = (model, options, texts, context);
        _graph = GraphFile.Read(model.Graph);
        _products = WeightProduct.Of(_graph);
    }

    private StageContext Quietly => _context with { Progress = NoProgress.Instance };

    /// <param name="folder">The model's, with its float graph.</param>
    /// <param name="to">
    /// A folder that is made and gets the whole model; null puts the int8 graph beside the float graph, with which it shares large constants.
    /// </param>
    /// <param name="cosine">Least mean cosine to the float graph's vectors: products are left in float until it is reached, at most half of them.</param>
    /// <param name="options">Prompt and greatest length of the texts.</param>
    /// <exception cref="ConfigurationException">The model, the texts or the folder cannot be used.</exception>
    /// <exception cref="RunFailedException">Vectors in int8 are too far from those in float.</exception>
    public static QuantizationReport Write(
        string folder, string? to, IEnumerable<string> texts, double cosine, EmbedOptions options, StageContext context)
    {
        var model = ModelFolder.Open(folder, EmbedPrecision.Float32);
        var chosen = CalibrationTexts.Of(texts) ?? throw new ConfigurationException(
            $"there are fewer than {CalibrationTexts.Least} different texts; expected some hundreds such as the shop's titles, since they set the scales");
        var onCpu = new EmbedOptions { Device = EmbedDevice.Cpu, Prompt = options.Prompt, MaxLength = options.MaxLength, BatchTokens = options.BatchTokens };
        var place = Int8Place.Of(model, to);
        // What ONNX Runtime does not load is refused before it is read here.
        using (var sessionOptions = GraphSession.OneThreadEach())
        using (new GraphSession(model, sessionOptions))
        {
        }
        return new EncoderQuantizer(model, onCpu, chosen, context).Write(place, cosine);
    }

    private QuantizationReport Write(Int8Place place, double cosine)
    {
        var plans = Plans();
        FactorMatrix wanted;
        using (var encoder = Open(EmbedPrecision.Float32, _model.Path)) wanted = encoder.Encode(_texts.HeldOut, Quietly);
        int left = LeftFloat(plans, wanted, cosine);
        string folder = place.Write(QuantizedGraph.Of(_graph, plans.Skip(left), place.Shared));

        using var floats = Open(EmbedPrecision.Float32, _model.Path);
        using var int8 = Open(EmbedPrecision.Int8, folder);
        var (mean, least) = Cosines(wanted, int8.Encode(_texts.HeldOut, Quietly));
        double floatSeconds = double.PositiveInfinity, int8Seconds = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            floatSeconds = Math.Min(floatSeconds, Seconds(floats));
            int8Seconds = Math.Min(int8Seconds, Seconds(int8));
        }
        return new QuantizationReport(
            place.Graph, new FileInfo(place.Graph).Length, _texts.Calibration.Count, _products.Count,
            plans.Skip(left).Where(p => p.Quantization.Divisors is not null).Sum(p => p.Products.Count), plans.Take(left).Sum(p => p.Products.Count),
            _texts.HeldOut.Count, mean, least, _texts.HeldOut.Count / floatSeconds, _texts.HeldOut.Count / int8Seconds);
    }

    /// <summary>How many of the plans must be left out, in their order.</summary>
    private int LeftFloat(List<QuantizedProducts> plans, FactorMatrix wanted, double cosine)
    {
        using var options = GraphSession.OneThreadEach();
        using var session = new GraphSession(_model, options);
        double all = 0, reached = 0;
        int most = 0;
        for (int left = 0; left <= plans.Count / 2; left += Math.Max(1, left / 2))
        {
            byte[] graph = QuantizedGraph.Of(_graph, plans.Skip(left));
            using var encoder = OnnxTextEncoder.Over(session.With(graph, [session.Signature.Output], options), _model, _options);
            reached = Cosines(wanted, encoder.Encode(_texts.HeldOut, Quietly)).Mean;
            if (left == 0) all = reached;
            most = left;
            if (reached >= cosine) return left;
            _context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture, $"mean cosine {reached:F5} with {left} of {plans.Count} activations left in float; {cosine} is asked for"));
        }
        throw new RunFailedException(string.Create(
            CultureInfo.InvariantCulture,
            $"{_model.Graph}: its int8 vectors have a mean cosine of {all:F4} to the float graph's on {_texts.HeldOut.Count} texts, and {reached:F4} with "
            + $"{most} of {plans.Count} activations left in float; expected {cosine} or more; run this model in float32, or accept less with --cosine"));
    }

    /// <summary>The activations with their products, those that suffer most first.</summary>
    private List<QuantizedProducts> Plans()
    {
        var groups = _products.GroupBy(p => p.Activation, StringComparer.Ordinal).ToArray();
        var calibration = new CalibrationGraph(_model, _graph, [.. groups.Select(g => (g.Key, g.First().Matrix.Rows))]);
        using (var encoder = OnnxTextEncoder.Over(calibration, _model, _options))
        {
            calibration.Keeps = true;
            // One thread: samples are taken in the order in which batches come.
            encoder.Encode(_texts.Calibration, _context with { Threads = 1 });
        }
        var plans = new QuantizedProducts[groups.Length];
        _context.ForEachPiece(groups.Length, at =>
        {
            var products = groups[at].ToArray();
            plans[at] = new QuantizedProducts(
                groups[at].Key, products, ProductQuantization.Of(calibration.Samples[at].Rows(), QuantizedProducts.Matrices(products)));
        });
        return [.. plans.OrderByDescending(p => p.Quantization.Error).ThenBy(p => p.Activation, StringComparer.Ordinal)];
    }

    private double Seconds(OnnxTextEncoder encoder)
    {
        long began = _context.Time.GetTimestamp();
        encoder.Encode(_texts.HeldOut, Quietly);
        return Math.Max(_context.Time.GetElapsedTime(began).TotalSeconds, 1e-6);
    }

    private OnnxTextEncoder Open(EmbedPrecision precision, string folder)
    {
        var options = new EmbedOptions
        {
            Device = EmbedDevice.Cpu,
            Precision = precision,
            Prompt = _options.Prompt,
            MaxLength = _options.MaxLength,
            BatchTokens = _options.BatchTokens,
        };
        return OnnxTextEncoder.Open(folder, options, Quietly);
    }

    private static (double Mean, double Least) Cosines(FactorMatrix expected, FactorMatrix found)
    {
        double sum = 0, least = 1;
        int count = 0;
        for (int row = 0; row < expected.Rows; row++)
        {
            // A text that says nothing has no vector in either.
            if (!expected.Row(row).ContainsAnyExcept(0f)) continue;
            double cosine = VectorMath.Dot(expected.Row(row), found.Row(row));
            (sum, least, count) = (sum + cosine, Math.Min(least, cosine), count + 1);
        }
        return (count == 0 ? 0 : sum / count, least);
    }
}
