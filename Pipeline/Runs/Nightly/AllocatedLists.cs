using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Allocation across users in the night: a step of its own behind all shards. Blocks are made as drafts, each list with who else could stand on it, by
/// whichever host; the run's host allocates over all of them and writes the blocks that are published. A run that was killed on the way finds its drafts, and
/// allocates again, to the same bytes.
/// </summary>
internal sealed class AllocatedLists(RuleSet rules, RulesOptions options, Accounts accounts, Action<RecommendationBlock, bool[]> explain)
{
    /// <summary>Where drafts lie, beside the blocks.</summary>
    public const string Drafts = "drafts";

    public Accounts Accounts => accounts;

    private const string Scratch = "allocation";

    /// <param name="blocks">Blocks there are.</param>
    /// <param name="used">Entries of kept lists by account; null: all lists are drafts.</param>
    /// <param name="into">The folder of the stage that takes the lists.</param>
    public AllocationResult Run(StageWork work, int blocks, long[]? used = null, string into = ListBlocks.Folder)
    {
        string scratch = work.Output(Scratch);
        Directory.CreateDirectory(scratch);
        Directory.CreateDirectory(work.Output(into));
        var problems = new string[blocks];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = work.Context.Threads, CancellationToken = work.Context.Cancellation };
        Parallel.For(0, blocks, parallel, b =>
        {
            problems[b] = Path.Combine(scratch, string.Create(CultureInfo.InvariantCulture, $"{b:D5}.bin"));
            AllocationBlock.Of(Draft(work, b)).Write(problems[b]);
        });
        var result = new Allocator(rules, accounts, options, work.Context).Run(problems, used, (b, problem, lists) =>
        {
            var draft = Draft(work, b);
            ListBlocks.Write(work.Output(FileOf(into, b)), Allocated(draft, problem, lists));
        });
        Directory.Delete(scratch, recursive: true);
        return result;
    }

    /// <summary>Drafts are no output.</summary>
    public static void Clear(StageWork work)
    {
        if (Directory.Exists(work.Output(Drafts))) Directory.Delete(work.Output(Drafts), recursive: true);
    }

    public static string DraftOf(int block) => FileOf(Drafts, block);

    public static string FileOf(string folder, int block) => folder + ListBlocks.FileOf(block)[ListBlocks.Folder.Length..];

    private static RecommendationBlock Draft(StageWork work, int block) => ListBlocks.Read(work.Output(DraftOf(block)));

    private RecommendationBlock Allocated(RecommendationBlock draft, AllocationBlock problem, ushort[][] lists)
    {
        var made = SwappedLists.Of(draft, problem, lists, rules, out bool[] isNew);
        if (Array.IndexOf(isNew, true) >= 0) explain(made, isNew);
        return made;
    }
}
