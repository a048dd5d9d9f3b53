using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>A reader that remembers whose rows were asked for.</summary>
internal sealed class CountingReader : IParquetReader
{
    private readonly IParquetReader _inner = ParquetFiles.Reader();

    /// <summary>Names of the files, each as often as its rows were read.</summary>
    public List<string> Files { get; } = [];

    public string Engine => _inner.Engine;

    public IReadOnlyList<string> Expand(string pattern) => _inner.Expand(pattern);

    public ParquetFileInfo Inspect(string file) => _inner.Inspect(file);

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default)
    {
        Files.Add(Path.GetFileName(file));
        return _inner.Read(file, columns, cancellation);
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns, IReadOnlySet<string> exact, CancellationToken cancellation)
    {
        Files.Add(Path.GetFileName(file));
        return _inner.Read(file, columns, exact, cancellation);
    }

    public bool IsAllNull(string file, string column, CancellationToken cancellation = default) => _inner.IsAllNull(file, column, cancellation);
}
