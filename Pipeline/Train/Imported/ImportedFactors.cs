using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>Imported factors in the log's index space. Rows that the import does not speak of are zeros.</summary>
internal sealed record ImportedFactors(ImportedSide Users, ImportedSide Items)
{
    public int Rank => Items.Rows.Rank;
}

/// <param name="Rows">One row an id of the log.</param>
/// <param name="Known">Whether the import has factors of it.</param>
/// <param name="UnknownIds">Rows of ids that the log does not know.</param>
internal sealed record ImportedSide(FactorMatrix Rows, bool[] Known, int UnknownIds)
{
    /// <summary>Of the ids that <paramref name="wanted"/> marks, how many have factors.</summary>
    public int KnownOf(bool[] wanted)
    {
        int known = 0;
        for (int i = 0; i < wanted.Length; i++) known += wanted[i] && Known[i] ? 1 : 0;
        return known;
    }
}
