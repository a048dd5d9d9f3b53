namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Who else could stand on the lists of a block: of user u the candidates <c>[Offsets[u], Offsets[u + 1])</c> that were not chosen, by descending weight,
/// with what each would add to the list as it is. Allocation across users replaces entries by them.
/// </summary>
internal sealed class ReserveBlock
{
    public required int[] Offsets { get; init; }

    public required int[] Items { get; init; }

    /// <summary>Relevance, boost and diversity gain beside the list's entries.</summary>
    public required float[] Weights { get; init; }

    public required float[] Relevance { get; init; }

    public required CandidateSource[] Sources { get; init; }
}
