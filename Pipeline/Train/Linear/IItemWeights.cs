namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>An item x item matrix W of a linear model: the score of item j is the sum over history items i of x_i W[i, j].</summary>
internal interface IItemWeights
{
    int Items { get; }

    /// <summary>Items a panel should hold.</summary>
    int PreferredPanel { get; }

    float this[int from, int to] { get; }

    /// <summary>Adds <c>scale * W[from, first + k]</c> to <c>scores[k]</c> over the whole span.</summary>
    void AddRow(int from, float scale, int first, Span<float> scores);
}
