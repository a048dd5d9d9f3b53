using System.CommandLine;
using System.Globalization;
using System.Text;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Quantize;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary>
/// <c>quantize-encoder</c>: the int8 graph of a text encoder, which <c>Embed:Precision=Int8</c> runs, with how near its vectors are and how fast it is.
/// </summary>
internal static class QuantizeEncoderCommand
{
    public static Command Build(CliContext surroundings)
    {
        var model = new Option<string?>("--model")
        {
            Description = "The encoder's folder, with model.onnx; otherwise Embed:Model, or the shipped encoder",
            HelpName = "DIR",
        };
        var texts = new Option<string[]>("--texts")
        {
            Description = "Texts that set the scales, such as the shop's titles: a line each, or a column of Parquet; may be given several times",
            HelpName = "FILE.txt|FILE.parquet:COLUMN",
            Required = true,
        };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "A new folder for the whole model; without it model_int8.onnx goes beside model.onnx, and shares its large constants",
            HelpName = "DIR",
        };
        var cosine = new Option<double>("--cosine")
        {
            Description = "Least mean cosine of int8 vectors to the float ones; products are left in float until it is reached",
            HelpName = "C",
            DefaultValueFactory = _ => EncoderQuantizer.UsualCosine,
        };
        return new Command("quantize-encoder", "The text encoder's graph in int8, for processors with VNNI (docs/text.md)")
        {
            model, texts, output, cosine,
        }.Does(surroundings, async call =>
        {
            var night = call.Night(call.Settings(), Settings.AllButIngest);
            string folder = call.Value(model) is { } named ? call.FullPath(named)
                : TextEncoders.FolderOf(night.Embed) ?? throw new ConfigurationException("Embed:Model is none; name the encoder's folder with --model");
            double asked = call.Value(cosine);
            if (asked is not (> 0 and < 1))
                throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"--cosine is {asked}; expected a number between 0 and 1"));
            var read = call.Value(texts)!.SelectMany(source => Texts(call, source)).Distinct(StringComparer.Ordinal).ToList();
            string? to = call.Value(output) is { } place ? call.FullPath(place) : null;
            if (to is not null) FolderRights.Require(to, "--out");
            else if (FolderRights.Fault(folder) is { } fault)
                throw new ConfigurationException($"the int8 graph goes beside the model, and {fault}; name a new folder for the whole model with --out");
            var report = await StepWork.Show(call, "quantize-encoder", ["quantize"], night.Runs, work => work.Do(
                "quantize", context => EncoderQuantizer.Write(folder, to, read, asked, night.Embed, context), out _)).ConfigureAwait(false);
            string made = to ?? folder;
            Write(call.Screen, report, made == TextEncoders.FolderOf(night.Embed) ? "" : $"--set Embed:Model={made} ");
            return 0;
        });
    }

    private static void Write(Screen screen, QuantizationReport report, string named)
    {
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Products - report.LeftFloat} of {report.Products} products in int8 ({report.Divided} divided by channel), scales from "
            + $"{Format.Count(report.CalibrationTexts, "text")}: {report.Graph}, {Format.Bytes(report.Bytes)}"));
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Cosine to the float graph's vectors on {Format.Count(report.HeldOutTexts)} others: mean {report.MeanCosine:F5}, "
            + $"least {report.LeastCosine:F5}"));
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Here: {report.Int8Rate:N0} texts a second beside {report.FloatRate:N0} in float, {report.Int8Rate / report.FloatRate:F2} times as many"));
        screen.Line($"A night runs it with {named}--set Embed:Precision=Int8");
        screen.Json(report);
    }

    private static IEnumerable<string> Texts(Invocation call, string source)
    {
        if (source.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            string path = call.FullPath(source);
            if (!File.Exists(path)) throw new ConfigurationException($"--texts is '{source}', and there is no such file; expected a text a line");
            return File.ReadLines(path, Encoding.UTF8);
        }
        int colon = source.LastIndexOf(':');
        if (colon <= 0 || colon == source.Length - 1)
        {
            throw new ConfigurationException(
                $"--texts is '{source}'; expected a text file (.txt) with a text a line, or Parquet and its column: FILE.parquet:COLUMN");
        }
        return Column(ParquetFiles.Reader(), call.FullPath(source[..colon]), source[(colon + 1)..]);
    }

    private static IReadOnlyList<string> Files(IParquetReader reader, string pattern)
    {
        try
        {
            return reader.Expand(pattern) is { Count: > 0 } files
                ? files
                : throw new ConfigurationException($"--texts names '{pattern}', which matches no Parquet file");
        }
        catch (ParquetFileException e)
        {
            throw new ConfigurationException($"--texts: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Column(IParquetReader reader, string pattern, string column)
    {
        foreach (string file in Files(reader, pattern))
        {
            var names = reader.Inspect(file).Columns.Select(c => c.Name).ToList();
            if (!names.Contains(column))
                throw new ConfigurationException($"{file}: there is no column '{column}' (--texts); it has {string.Join(", ", names)}");
            foreach (var batch in reader.Read(file, [column]))
                for (int row = 0; row < batch.RowCount; row++)
                    if (CellText.Shown(batch.Find(column), row) is { } text) yield return text;
        }
    }
}
