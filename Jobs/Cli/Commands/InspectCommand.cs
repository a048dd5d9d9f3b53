using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>inspect FILE...</c>: schema, rows, null shares and a first guess at a mapping, or the typed error of a file that cannot be read.</summary>
internal static class InspectCommand
{
    public static Command Build(CliContext surroundings)
    {
        var files = new Argument<string[]>("FILE") { Description = "Parquet files, folders or globs", Arity = ArgumentArity.OneOrMore };
        return new Command("inspect", "What a Parquet file holds and how its columns could be mapped, or why it cannot be read (exit 1)")
        {
            files,
        }.Does(surroundings, call =>
        {
            var reader = ParquetFiles.Reader();
            var results = new List<object>();
            bool bad = false;
            foreach (string file in call.Value(files).SelectMany(pattern => Expand(reader, call.FullPath(pattern))))
            {
                try
                {
                    var inspection = FileInspection.Of(reader, file, call.Cancellation);
                    InspectionView.Write(call.Screen, inspection);
                    results.Add(InspectionView.Json(inspection));
                }
                catch (ParquetFileException e)
                {
                    // One bad file must not hide what the others hold.
                    bad = true;
                    call.Screen.Line(e.Message);
                    if (call.Screen.IsJson) surroundings.Error.WriteLine(SafeText.Lines(e.Message));
                    results.Add(new { File = file, Error = e.Cause });
                }
            }
            call.Screen.Json(new { Files = results });
            return Task.FromResult(bad ? 1 : 0);
        });
    }

    private static IReadOnlyList<string> Expand(IParquetReader reader, string pattern)
    {
        if (File.Exists(pattern)) return [pattern];
        var found = reader.Expand(pattern);
        return found.Count > 0 ? found : throw new RunFailedException($"{pattern}: no such Parquet file, folder or glob");
    }
}
