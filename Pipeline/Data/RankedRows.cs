namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// The features by which a user's candidates were ranked, as the ranker saw them. Features are relative to all of the user's candidates, so that they are kept
/// from where candidates are ranked to where lists are explained.
/// </summary>
/// <param name="Items">Candidates that were ranked.</param>
/// <param name="Rows">A row of features each.</param>
internal sealed record RankedRows(int[] Items, float[] Rows)
{
    public int Width => Items.Length == 0 ? 0 : Rows.Length / Items.Length;

    /// <summary>The row of an item; empty where it was not ranked.</summary>
    public ReadOnlySpan<float> Of(int item) => Array.IndexOf(Items, item) is >= 0 and var at ? Rows.AsSpan(at * Width, Width) : [];
}
