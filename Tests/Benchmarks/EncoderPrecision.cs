using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// An encoder in float32 and in int8 on the same texts: how near the vectors are, and texts a second by rounds that alternate, the best of each.
/// </summary>
internal static class EncoderPrecision
{
    public static void Cosines(string name, string[] texts, OnnxTextEncoder float32, OnnxTextEncoder int8, StageContext context)
    {
        var (expected, found) = (float32.Encode(texts, context), int8.Encode(texts, context));
        double[] cosines = [.. Enumerable.Range(0, texts.Length).Select(row => (double)VectorMath.Dot(expected.Row(row), found.Row(row)))];
        Write($"cosine of int8 to float32, {name,-12} mean {cosines.Average():F5}, least {cosines.Min():F5} of {texts.Length} texts");
    }

    /// <summary>Rates by the clock, and by the processor, which tells the work apart from what else the machine does.</summary>
    public static void Rates(string[] texts, OnnxTextEncoder float32, OnnxTextEncoder int8, StageContext context, int rounds)
    {
        var (floats, bytes) = ((double.MaxValue, double.MaxValue), (double.MaxValue, double.MaxValue));
        for (int round = 0; round < rounds; round++)
        {
            floats = Best(floats, Time(() => float32.Encode(texts, context)));
            bytes = Best(bytes, Time(() => int8.Encode(texts, context)));
        }
        foreach (var (name, (seconds, processor)) in new[] { ("float32", floats), ("int8", bytes) })
            Write($"{name,-8} {texts.Length / seconds,8:N0} texts/s, {texts.Length / processor,8:N0} a processor second, {context.Threads} threads");
        Write($"int8 is {floats.Item1 / bytes.Item1:F2} times as fast by the clock, {floats.Item2 / bytes.Item2:F2} by the processor");
    }

    private static (double Seconds, double Processor) Best((double Seconds, double Processor) a, (double Seconds, double Processor) b) =>
        (Math.Min(a.Seconds, b.Seconds), Math.Min(a.Processor, b.Processor));

    private static (double Seconds, double Processor) Time(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        return (seconds, (process.TotalProcessorTime - used).TotalSeconds);
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
