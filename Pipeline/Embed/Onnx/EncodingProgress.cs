using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>Counts what ran, for the display and the ledger.</summary>
internal sealed class EncodingProgress(int texts, IStageProgress progress)
{
    private readonly Lock _lock = new();
    private long _done;
    private long _tokens;
    private long _computed;

    public void Ran(TokenBatch batch)
    {
        lock (_lock)
        {
            _tokens += (long)batch.Texts.Count * batch.Length;
            _computed += (long)batch.Rows * batch.Length;
            _done += batch.Texts.Count;
            progress.Step("embed", _done, texts, "texts");
        }
    }

    /// <summary>Texts that needed no run.</summary>
    public void Done(int empty)
    {
        _done += empty;
        progress.Step("embed", _done, texts, "texts");
    }

    public void End()
    {
        progress.Metric("embed.tokens", _tokens);
        progress.Metric("embed.padding_share", _computed == 0 ? 0 : 1 - (double)_tokens / _computed);
    }
}
