using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// The shop's rules in the night. The file is copied into the stage's folder before lists are made, so that workers on other hosts, and a run that is taken
/// up again, go by what this night began with.
/// </summary>
internal sealed class NightRules(RulesOptions options, IngestOptions ingest)
{
    public const string File = "rules.file";

    /// <summary>Fact: by which rules lists were made.</summary>
    public const string Fact = "rules";

    public bool Any => options.HasFile;

    public RulesOptions Options => options;

    /// <summary>What the stage takes from ingest for them.</summary>
    public IEnumerable<string> Inputs()
    {
        if (!Any) yield break;
        yield return IngestArtifacts.Items;
        if (ingest.Items is { } items && items.Columns.ForRules().Count > 0) yield return IngestArtifacts.ItemAttributes;
        if (ingest.Users is { Attributes.Count: > 0 }) yield return IngestArtifacts.UserAttributes;
    }

    /// <summary>The file's content, for the stage's identity.</summary>
    public IEnumerable<KeyValuePair<string, string>> Sources() => Any ? [KeyValuePair.Create("rules", RulesFile.Read(options.File!).Hash)] : [];

    /// <summary>What else decides lists: which of the rules hold tonight, where the configuration says what tonight is, and not which day it is.</summary>
    public object ForHash() => new
    {
        options.CostUsers,
        options.Rounds,
        options.Gap,
        HoldAt = Stated is { } moment ? RulesFile.Read(options.File!).Rules.Where(r => r.HoldsAt(moment)).Select(r => r.Number).ToArray() : null,
    };

    /// <summary>Equal where the same rules hold.</summary>
    public string Identity(RuleSet rules) => StageHash.Of(
        string.Join('\n', RulesFile.Read(options.File!).Hash, string.Join(',', rules.Active.Select(r => r.Number))));

    /// <summary>Leaves a copy among the stage's outputs.</summary>
    public void Write(StageWork work)
    {
        if (Any && !System.IO.File.Exists(work.Output(File))) System.IO.File.Copy(options.File!, work.Output(File));
    }

    /// <summary>The rules over tonight's items and users; null where there are none.</summary>
    public RuleSet? Open(StageWork work, Catalog catalog, InteractionMatrix interactions)
    {
        if (!Any) return null;
        string folder = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        return Over(work.Output(File), folder, catalog, interactions, ForecastStep.Expected(work, IngestArtifacts.ReadItems(folder)));
    }

    /// <summary>The same from the configured file, for stages before the lists.</summary>
    /// <param name="folder">Ingest's.</param>
    public RuleSet? Open(string folder, Catalog catalog) =>
        Any ? Over(options.File!, folder, catalog, IngestArtifacts.ReadInteractions(folder)) : null;

    private RuleSet Over(string file, string folder, Catalog catalog, InteractionMatrix interactions, double[]? expected = null) =>
        new(
            RulesFile.Read(file).Rules,
            new RuleItems(IngestArtifacts.ReadItems(folder), catalog, IngestArtifacts.ReadAttributes(folder, IngestArtifacts.ItemAttributes))
            {
                Expected = expected,
            },
            new RuleUsers(
                interactions.Users, IngestArtifacts.ReadSegments(folder), IngestArtifacts.ReadAttributes(folder, IngestArtifacts.UserAttributes)),
            Moment(interactions));

    /// <summary>What now is: <c>Ingest:AsOf</c>, else the newest event that counts; null in a log without time.</summary>
    public DateTime? Moment(InteractionMatrix interactions) =>
        Stated ?? (interactions.LastSeen is { Length: > 0 } seen ? DateTime.UnixEpoch.AddSeconds(seen.Max()) : null);

    private DateTime? Stated => IsoTime.TryParse(ingest.AsOf, out long seconds) ? DateTime.UnixEpoch.AddSeconds(seconds) : null;

    /// <summary>Says which rules hold, and what is odd about them.</summary>
    public static void Tell(RuleSet rules, StageWork work)
    {
        work.Context.Progress.Metric("rules.active", rules.Active.Count);
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture, $"rules: {rules.Active.Count} of {rules.All.Count} hold tonight, for {rules.Profiles.Count} kinds of users"));
        foreach (string warning in rules.Warnings()) work.Context.Progress.Note("warning: " + warning);
    }
}
