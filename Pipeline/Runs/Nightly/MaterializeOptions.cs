using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Section <c>Materialize</c>: how lists are made in user blocks. Block size decides memory and files, never the lists.</summary>
public sealed class MaterializeOptions : IStageOptions
{
    /// <summary>Users a block, 1 to 1,024: the unit of memory, of progress and of resuming.</summary>
    public int BlockUsers { get; set; } = CandidateBlock.MaxUsers;

    public void Validate(OptionsCheck check) => check.InRange(BlockUsers, 1, CandidateBlock.MaxUsers);
}
