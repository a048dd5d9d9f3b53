using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// The lists that a delta makes: as they come, or, where rules count the lists of all users, allocated among those who get new ones, of what kept lists leave.
/// </summary>
internal sealed class DeltaAllocation(OpenedLists opened, int users)
{
    private const string Folder = "allocated";

    private BaseLists? _allocated;

    public AllocationResult? Result { get; private set; }

    /// <param name="used">Entries of kept lists by account.</param>
    public void Run(StageWork work, long[] used)
    {
        Directory.CreateDirectory(work.Output(AllocatedLists.Drafts));
        opened.Blocks.Run(0, opened.Blocks.Count, work.Folder, scratch: null, work.Context);
        Result = opened.Allocated!.Run(work, opened.Blocks.Count, used, Folder);
        _allocated = BaseLists.Open(
            [.. Enumerable.Range(0, opened.Blocks.Count).Select(b => work.Output(AllocatedLists.FileOf(Folder, b)))], users, (_, _) => { }, work.Context);
    }

    /// <summary>The lists of users who get new ones.</summary>
    public RecommendationBlock Make(int[] members) => _allocated is null ? opened.Blocks.Make(members) : _allocated.With(members, KeptEntries.None);

    /// <summary>What was on the way is no output.</summary>
    public static void Clear(StageWork work)
    {
        AllocatedLists.Clear(work);
        if (Directory.Exists(work.Output(Folder))) Directory.Delete(work.Output(Folder), recursive: true);
    }
}
