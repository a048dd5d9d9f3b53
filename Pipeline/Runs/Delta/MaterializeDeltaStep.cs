using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// Materialize in a delta: users whose history changed are folded in with the base's model and get new lists, all others keep theirs entry for entry. It gives
/// what the night's materialize gives, a block of lists for every user with history, and takes what that takes.
/// </summary>
internal sealed class MaterializeDeltaStep(MaterializeOptions options, DiversifyOptions diversify, MaterializeStep night, DeltaBase from) : IRunStage
{
    public string Name => night.Name;

    public string CodeVersion => night.CodeVersion + ".2";

    /// <summary>Options that changed and that the next night takes up, since a version is drawn by one policy.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    public bool Resumable => true;

    public IReadOnlyList<StageInput> Inputs => [.. night.Inputs.Select(
        i => i.Stage == StageNames.Ingest ? new StageInput(i.Stage, [.. i.Files.Union([IngestArtifacts.Items, IngestArtifacts.Histories])]) : i)];

    public JsonNode? Options => night.Options;

    public IReadOnlyDictionary<string, string> Sources() =>
        from.Sources().Concat(night.Rules?.Sources() ?? []).Concat(night.Freshness?.Sources() ?? []).ToDictionary(StringComparer.Ordinal);

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        var (users, items) = (IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest));
        var interactions = IngestArtifacts.ReadInteractions(ingest);
        var catalog = IngestArtifacts.ReadCatalog(ingest);
        var model = CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items);
        var madeBefore = from.MadeByDeltas(interactions.Users);
        bool restocked = CameBack(from.Available(), catalog.Available, model.Known);
        night.Rules?.Write(work);
        night.Freshness?.Write(work);
        var shop = night.Rules?.Open(work, EmbedStep.Catalog(work), interactions);
        // A version's lists go by one set of rules.
        bool newRules = from.Manifest(Name).Facts.GetValueOrDefault(NightRules.Fact) != (shop is null ? null : night.Rules!.Identity(shop));
        bool newDraw = from.Manifest(Name).Facts.GetValueOrDefault(DrawnControl.Fact) != DrawnControl.Identity(night.Control);
        if (newRules || newDraw) madeBefore = [.. Enumerable.Repeat(true, interactions.Users)];
        var (changed, kept) = ChangedUsers.Of(
            interactions, UserOrder.WithHistory(interactions, users), (from.HistoryHashes(users, items), IngestArtifacts.ReadHistoryMarks(ingest)),
            from.Blocks(), model, catalog.Available,
            options.Excluded(interactions), restocked || newRules || newDraw ? madeBefore : new bool[interactions.Users], work.Context,
            shop is null ? null : shop.RuledOut);
        if (newRules)
        {
            work.Context.Progress.Note(
                $"the rules that hold are not those of version {from.Version}: all lists are made again");
        }
        if (newDraw) work.Context.Progress.Note($"the control group is not that of version {from.Version}: all lists are made again");
        DrawnControl.Write(work, night.Control, users);

        if (from.Policy() is { } policy) File.Copy(policy, work.Output(DiversityPolicy.FileName), overwrite: true);
        long[]? used = null;
        if (shop is not null)
        {
            var accounts = new Accounts(shop, catalog.Available, changed.Listed.Length, diversify.ListLength);
            if (accounts.All.Count > 0) used = KeptEntries.Count(changed, kept, accounts, options.BlockUsers);
        }
        var opened = night.Open(work, changed.Made, changed.Listed.Length);
        Directory.CreateDirectory(work.Output(ListBlocks.Folder));
        opened.Defaults().Save(work.Output, night.HasSegments);
        var allocation = new DeltaAllocation(opened, interactions.Users);
        if (opened.Allocated is not null) allocation.Run(work, used!);
        var blocks = new BlockMaker(
            changed.Listed, options.BlockUsers, members => kept.With(members, allocation.Make([.. members.Where(u => changed.Anew[u])])));
        blocks.Run(0, blocks.Count, work.Folder, scratch: null, work.Context);
        if (shop is not null)
        {
            new RulesOutcome(shop, opened.Moment).Write(
                work, Enumerable.Range(0, blocks.Count).Select(b => work.Output(ListBlocks.FileOf(b))), opened.Allocated?.Accounts, allocation.Result, [],
                TimeSpan.Zero);
            work.Facts[NightRules.Fact] = night.Rules!.Identity(shop);
            DeltaAllocation.Clear(work);
        }
        foreach (int user in changed.Made) madeBefore[user] = true;
        MadeLists.Write(work.Output(MadeLists.FileName), madeBefore);
        Tell(work, changed, catalog.Items - model.Known, interactions);
        return Task.CompletedTask;
    }

    /// <summary>Whether an item that the model knows was off the shelf when the base's lists were made, and is back.</summary>
    private static bool CameBack(bool[] before, bool[] now, int known)
    {
        for (int item = 0; item < Math.Min(before.Length, known); item++)
            if (now[item] && !before[item]) return true;
        return false;
    }

    private void Tell(StageWork work, ChangedUsers changed, int waitingItems, InteractionMatrix interactions)
    {
        work.Facts[DeltaFacts.Base] = from.Version;
        work.Facts[DeltaFacts.Model] = from.Origin(StageNames.Train);
        var progress = work.Context.Progress;
        int made = changed.Listed.Length - changed.Kept;
        progress.Metric("materialize.users", changed.Listed.Length);
        progress.Metric("delta.users_new", changed.New);
        progress.Metric("delta.users_changed", changed.Changed);
        progress.Metric("delta.users_ruled_out", changed.RuledOut);
        progress.Metric("delta.users_restocked", changed.Restocked);
        progress.Metric("delta.users_folded_in", made);
        progress.Metric("delta.users_kept", changed.Kept);
        progress.Metric("delta.users_waiting", changed.Waiting);
        progress.Metric("delta.users_gone", changed.Gone);
        progress.Metric("delta.items_waiting", waitingItems);
        progress.Note(made + changed.Gone == 0
            ? Text($"nobody's list changed since version {from.Version}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{made} lists are new since version {from.Version}, of {changed.New} new users, {changed.Changed} with another history, {changed.RuledOut} "
                + $"whose list broke a rule and {changed.Restocked} made while an item was off the shelf that is back; {changed.Kept} are kept, "
                + $"{changed.Gone} are gone"));
        if (waitingItems > 0)
        {
            progress.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{waitingItems} items are younger than the model of run {work.Facts[DeltaFacts.Model]} and stand on nobody's list until the next night; "
                + $"{changed.Waiting} of {interactions.Users} users have only such items and get the defaults"));
        }
        if (CanonicalJson.Differences(from.Manifest(Name).Options, CanonicalJson.ToNode(Options)) is { Count: > 0 } options)
            progress.Note($"{string.Join(", ", options)} changed since version {from.Version}: new lists follow, kept ones do with the next night");
        if (Waiting.Count > 0)
        {
            progress.Note(
                $"{string.Join(", ", Waiting)} changed since version {from.Version}, whose lists are {(from.Policy() is null ? "not " : "")}drawn by a policy: "
                + "a version has one, so the next night takes the change up");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
