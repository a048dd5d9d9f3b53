using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Embed.Quantize;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>embed [--texts N] [--threads N] [--rounds N] [--layers N] [--batch N] [--precision int8]</c>: texts a second through a graph of MiniLM-L6's size with
/// random weights, ours (tokenizer, packing, pooling and unit length included) beside bare ONNX Runtime on the same texts, tokenized beforehand and packed
/// without any padding. Bare runs twice: all cores inside of a run, as is its default, and a run to a core; the faster one counts. Rounds alternate, the best
/// of each is compared. Where CUDA can be used, ours on it too, and how far its vectors are from the CPU's. <c>--precision int8</c> compares the graph with
/// itself in int8 instead.
/// </summary>
internal static class EmbedBenchmark
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        int threads = given.Int("threads", Environment.ProcessorCount), rounds = given.Int("rounds", 3);
        string model = Directory.CreateTempSubdirectory("recsys-embed-").FullName;
        try
        {
            string[] texts = WriteModel(model, given.Int("layers", 6), given.Int("texts", 2_000));
            if (given.Text("precision", "float32").Equals("int8", StringComparison.OrdinalIgnoreCase)) return CompareInt8(model, texts, threads, rounds);
            Compare(model, texts, threads, rounds, given.Int("batch", new EmbedOptions().BatchTokens));
            return 0;
        }
        finally
        {
            Directory.Delete(model, recursive: true);
        }
    }

    private static void Compare(string model, string[] texts, int threads, int rounds, int batchTokens)
    {
        var options = new EmbedOptions { Device = EmbedDevice.Cpu, BatchTokens = batchTokens, MaxLength = 128 };
        var heard = new Metrics();
        var context = StageContext.Quiet(threads) with { Progress = heard };
        using var ours = OnnxTextEncoder.Open(model, options, context);
        var batches = Packed(model, texts, options.MaxLength, batchTokens);
        using var inside = Session(model, threads);
        using var beside = Session(model, 1);
        var (bestOurs, bestInside, bestBeside) = (Taken.Never, Taken.Never, Taken.Never);
        for (int round = 0; round < rounds; round++)
        {
            bestOurs = bestOurs.Best(Time(() => ours.Encode(texts, context)));
            bestInside = bestInside.Best(Time(() => { foreach (var b in batches) Bare(inside, b); }));
            bestBeside = bestBeside.Best(Time(() => Parallel.ForEach(
                System.Collections.Concurrent.Partitioner.Create(batches, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads }, b => Bare(beside, b))));
        }
        double tokens = batches.Sum(b => (double)b.Ids.Length);
        Console.WriteLine(
            $"{texts.Length} texts, {tokens / texts.Length:F1} tokens a text, {threads} threads, ONNX Runtime {OrtRuntime.Version}, "
            + $"batches of {batchTokens} tokens, best of {rounds}");
        foreach (var (name, taken) in new[]
        {
            ("bare, all cores in a run", bestInside), ("bare, a run to a core", bestBeside), ("ours, tokenizer included", bestOurs),
        })
        {
            Console.WriteLine(
                $"{name,-26} {texts.Length / taken.Seconds,8:F0} texts/s  {tokens / taken.Seconds,8:F0} tokens/s  {texts.Length / taken.ProcessorSeconds,8:F0} "
                + $"texts a processor second");
        }
        Console.WriteLine(
            $"ratio to the faster bare   {Math.Min(bestInside.Seconds, bestBeside.Seconds) / bestOurs.Seconds,8:F3}  by processor time "
            + $"{Math.Min(bestInside.ProcessorSeconds, bestBeside.ProcessorSeconds) / bestOurs.ProcessorSeconds:F3}");
        Console.WriteLine($"share of padding           {heard.PaddingShare,8:F4}");
        CompareCuda(model, texts, threads, rounds, batchTokens, ours.Encode(texts, context).Values, bestOurs.Seconds);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"peak memory                {process.PeakWorkingSet64 >> 20,8} MiB");
    }

    /// <summary>Random weights round worse than trained ones: their rate counts here, not their cosine.</summary>
    private static int CompareInt8(string model, string[] texts, int threads, int rounds)
    {
        var context = StageContext.Quiet(threads);
        EncoderQuantizer.Write(model, null, texts, 0.9, new EmbedOptions { MaxLength = 128 }, context);
        using var float32 = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, MaxLength = 128 }, context);
        using var int8 = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, MaxLength = 128, Precision = EmbedPrecision.Int8 }, context);
        EncoderPrecision.Cosines("titles", texts, float32, int8, context);
        EncoderPrecision.Rates(texts, float32, int8, context, rounds);
        return 0;
    }

    private static void CompareCuda(string model, string[] texts, int threads, int rounds, int batchTokens, float[] expected, double cpuSeconds)
    {
        if (CudaProvider.WhyNot(0) is { } why)
        {
            Console.WriteLine($"CUDA is not compared: {why}");
            return;
        }
        var context = StageContext.Quiet(threads);
        using var cuda = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cuda, BatchTokens = batchTokens, MaxLength = 128 }, context);
        var found = cuda.Encode(texts, context).Values;
        var best = Taken.Never;
        for (int round = 0; round < rounds; round++) best = best.Best(Time(() => cuda.Encode(texts, context)));
        double furthest = Enumerable.Range(0, found.Length).Max(k => Math.Abs(found[k] - (double)expected[k]));
        Console.WriteLine(
            $"{"ours on " + cuda.Provider,-26} {texts.Length / best.Seconds,8:F0} texts/s, {cpuSeconds / best.Seconds:F1} times the CPU's; "
            + $"largest difference of a value {furthest:E1}");
    }

    /// <summary>Real titles, shuffled with a fixed seed, so that no order helps.</summary>
    private static string[] WriteModel(string folder, int layers, int count)
    {
        string golden = Path.Combine(Repository(), "Tests", "Pipeline.Tests", "Embed", "Tokenize", "Golden");
        new BertGraph { Layers = layers }.Save(Path.Combine(folder, "model.onnx"));
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), Gunzip(Path.Combine(golden, "bert-vocab.txt.gz")));
        var titles = Gunzip(Path.Combine(golden, "titles.txt.gz")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        new Random(1).Shuffle(titles);
        return titles[..Math.Min(count, titles.Length)];
    }

    private static List<(long[] Ids, int Rows, int Length)> Packed(string model, string[] texts, int maxLength, int batchTokens)
    {
        var tokenizer = Tokenizers.Open(model);
        var ids = texts.Select(t =>
        {
            var buffer = new int[maxLength];
            return buffer[..tokenizer.Encode(t, buffer)];
        });
        return
        [
            .. ids.GroupBy(i => i.Length).OrderByDescending(g => g.Key)
                .SelectMany(g => g.Chunk(Math.Max(1, batchTokens / g.Key)).Select(c => (c.SelectMany(i => i).Select(i => (long)i).ToArray(), c.Length, g.Key))),
        ];
    }

    private static InferenceSession Session(string model, int threads)
    {
        using var options =
            new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        return new InferenceSession(Path.Combine(model, "model.onnx"), options);
    }

    private static void Bare(InferenceSession session, (long[] Ids, int Rows, int Length) batch)
    {
        long[] shape = [batch.Rows, batch.Length], mask = new long[batch.Ids.Length];
        mask.AsSpan().Fill(1);
        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, shape);
        using var masks = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[batch.Ids.Length], shape);
        using var options = new RunOptions();
        using var results = session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], [ids, masks, types], ["last_hidden_state"]);
    }

    private static Taken Time(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        return new Taken(seconds, (process.TotalProcessorTime - used).TotalSeconds);
    }

    private static string Gunzip(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string Repository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Recsys.Batch.sln"))) at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("run this inside the repository: the titles lie beside its tests");
    }

    /// <summary>By the clock, and by the processors, which tells the work apart from what else the machine does.</summary>
    private sealed record Taken(double Seconds, double ProcessorSeconds)
    {
        public static readonly Taken Never = new(double.MaxValue, double.MaxValue);

        public Taken Best(Taken other) => new(Math.Min(Seconds, other.Seconds), Math.Min(ProcessorSeconds, other.ProcessorSeconds));
    }

    private sealed class Metrics : IStageProgress
    {
        public double PaddingShare { get; private set; }

        public void Step(string step, long done, long total, string unit)
        {
        }

        public void Metric(string name, double value)
        {
            if (name == "embed.padding_share") PaddingShare = value;
        }

        public void Note(string message) => Console.WriteLine(message);
    }
}
