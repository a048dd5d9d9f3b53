using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>
/// Parquet through any engine in a process of its own: whatever a file's bytes do to the decoder (crash, hang, run out of memory) becomes a
/// <see cref="ParquetFileException"/> of that file. Decoded columns come over a pipe, so the parent never touches the file's bytes.
/// </summary>
public sealed class IsolatedParquetReader : IParquetReader
{
    private readonly DecoderPool _pool;

    private readonly ParquetEngine _engine;

    public IsolatedParquetReader(ParquetReadLimits? limits, ParquetEngine engine) : this(limits, engine, DecoderFault.None)
    {
    }

    internal IsolatedParquetReader(ParquetReadLimits? limits, ParquetEngine engine, DecoderFault fault)
    {
        _engine = engine;
        _pool = DecoderPool.For(limits ?? new(), engine, fault);
    }

    public string Engine => ParquetEngines.Decoder(_engine, null).Engine + ", own process";

    public IReadOnlyList<string> Expand(string pattern) => FilePattern.Expand(pattern);

    public ParquetFileInfo Inspect(string file) =>
        Ask(new DecoderRequest(Inspect: true, file, null), default).Select(f => f.Content).OfType<ParquetFileInfo>().LastOrDefault()
        ?? throw new ParquetFileException(file, "the decoder said nothing about it");

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default) =>
        Ask(new DecoderRequest(Inspect: false, file, columns), cancellation).Select(f => f.Content).OfType<ColumnBatch>();

    private IEnumerable<(FrameKind Kind, object? Content)> Ask(DecoderRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var process = _pool.Rent();
        bool answered = false;
        try
        {
            foreach (var frame in process.Ask(request, cancellation))
            {
                answered = frame.Kind is FrameKind.End or FrameKind.Failure;
                if (frame.Kind == FrameKind.Failure) throw new ParquetFileException(request.File, (string)frame.Content!);
                yield return frame;
            }
        }
        finally
        {
            if (answered) _pool.Return(process);
            else process.Dispose();
        }
    }
}
