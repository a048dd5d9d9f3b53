using System.Globalization;
using Microsoft.ML;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// A recommender as text: an artifact with its model, histories and options, in Base64. It takes 8 bytes of memory for 3 of the artifact, and 3 in a file,
/// which ML.NET deflates.
/// </summary>
internal static class RecommenderText
{
    /// <summary>Base64 of more is longer than a string may be.</summary>
    internal const long MaxTextBytes = 800_000_000;

    private const string Remedy = "expected what mlContext.Recsys() wrote: save the model again";

    public static string Write(RecommenderTransformer recommender)
    {
        var folder = Directory.CreateTempSubdirectory("recsys-model-");
        try
        {
            string file = Path.Combine(folder.FullName, "recommender");
            using (var to = new ArtifactWriter(file))
            {
                TrainedModels.Save(recommender.Model, to);
                to.WriteJson("columns", recommender.Columns)
                    .Write("histories", recommender.Histories)
                    .Write("known", Array.ConvertAll(recommender.Known, k => k ? (byte)1 : (byte)0))
                    .Complete();
            }
            RequireRoom(new FileInfo(file).Length, recommender.Model.Algorithm);
            return Convert.ToBase64String(File.ReadAllBytes(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <exception cref="RunFailedException">The text is not a model, or it is corrupt.</exception>
    public static RecommenderTransformer Read(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, bytes, out int written))
            throw new RunFailedException($"the recommender of the model file is {text.Length} characters that are not Base64; {Remedy}");
        var folder = Directory.CreateTempSubdirectory("recsys-model-");
        try
        {
            string file = Path.Combine(folder.FullName, "recommender");
            File.WriteAllBytes(file, bytes.AsSpan(0, written));
            var from = new ArtifactReader(file);
            bool[] known = Array.ConvertAll(from.Read<byte>("known"), k => k != 0);
            var columns = from.ReadJson<RecommenderOptions>("columns");
            return new RecommenderTransformer(new MLContext(), TrainedModels.Load(from), from.ReadInteractions("histories"), known, columns);
        }
        catch (ArtifactException e)
        {
            throw new RunFailedException($"the recommender of the model file is corrupt; {Remedy} ({e.Message})", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static void RequireRoom(long bytes, string algorithm)
    {
        if (bytes > MaxTextBytes)
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"the {algorithm} model takes {bytes} bytes; an ML.NET model file has room for {MaxTextBytes}: "
                + $"keep it with TrainedModels.Save, or train a smaller one"));
    }
}
