using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Train;

internal static class HistoryShape
{
    /// <exception cref="RunFailedException">The history speaks of another catalog than the model.</exception>
    public static void Check(InteractionMatrix history, int items)
    {
        if (history.Items != items)
            throw new RunFailedException($"the model knows {items} items, the history has {history.Items}; train again on the present catalog");
    }
}
