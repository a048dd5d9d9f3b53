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
        using var output = OutputFolder.OpenForReading(options);
        string[] texts = [.. userIds.Select(Encoding.UTF8.GetString)];
        var items = output.Store.Titles(texts).Keys.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. TableSearch.Find(output.Database, texts, items.Contains).Select(found => $"table {found}"),
            .. new FileSearch(userIds, items.Contains, ParquetFiles.Reader(), cancellation).Below(options.Path).Select(found => $"{found.File}: {found.What}"),
        ];
    }
}
