using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The Parquet files of a table beside the logs, which an option may name.</summary>
/// <param name="path">A file, a folder or a glob; null or empty: there is no such table.</param>
/// <param name="option">The option, as errors call it.</param>
/// <param name="what">What is expected there.</param>
internal sealed class ConfiguredFiles(IParquetReader reader, string? path, string option, string what)
{
    public bool Any => !string.IsNullOrEmpty(path);

    /// <summary>In ordinal order; none where none are configured.</summary>
    /// <exception cref="ConfigurationException">Nothing lies there.</exception>
    public IReadOnlyList<string> All() =>
        !Any ? []
        : reader.Expand(path!) is { Count: > 0 } files ? files
        : throw new ConfigurationException($"{option} is '{path}', which matches no Parquet file; expected {what}, or nothing");

    /// <summary>The files' fingerprints under numbered names.</summary>
    public IEnumerable<KeyValuePair<string, string>> Sources(string name) =>
        All().Select((file, n) => KeyValuePair.Create($"{name} {n + 1:D5}", FileFingerprint.Of(file)));
}
