using System.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>Proves that users are gone: looks for them in every file of the output folder and in every table.</summary>
internal static class ForgetSearch
{
    /// <param name="userIds">Ids in UTF-8, as the logs write them.</param>
    /// <returns>Where somebody was found; empty where nobody was.</returns>
    public static IReadOnlyList<string> Find(PublishOptions options, IReadOnlyList<byte[]> userIds, CancellationToken cancellation)
    {
        if (userIds.Count == 0) throw new ConfigurationException("there is nobody to look for; name the users, as the logs write their ids");
        string[] texts = [.. userIds.Select(Encoding.UTF8.GetString)];
        HashSet<string> items;
        var found = new List<string>();
        // Closed before its files are opened as files: closing those would drop this process's locks of the database.
        using (var output = OutputFolder.OpenForReading(options))
        {
            items = output.Store.Titles(texts).Keys.ToHashSet(StringComparer.Ordinal);
            found.AddRange(TableSearch.Find(output.Database, texts, items.Contains).Select(place => $"table {place}"));
        }
        found.AddRange(
            new FileSearch(userIds, items.Contains, ParquetFiles.Reader(), cancellation).Below(options.Path).Select(place => $"{place.File}: {place.What}"));
        return found;
    }
}
