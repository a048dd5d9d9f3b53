namespace Recsys.Batch.Pipeline.Tests.Architecture;

/// <summary>
/// Which folder may use which. A new arrow is a deliberate line here; docs/design.md tells the order that they keep. Jobs may use all of
/// Pipeline, and Pipeline nothing of Jobs.
/// </summary>
[TestClass]
internal sealed class ArchitectureTests
{
    private static readonly SourceGraph Graph = SourceGraph.Of(RepositoryRoot.Path, "Pipeline", "Jobs");

    private static readonly SortedDictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Jobs"] = ["Jobs/Cli", "Jobs/Recommender"],
        ["Jobs/Access"] = ["Jobs/Text"],
        ["Jobs/Alerts"] = ["Jobs/Access", "Jobs/Scheduling", "Jobs/Text"],
        ["Jobs/Api"] = ["Jobs/Access", "Jobs/Configuration", "Jobs/Telemetry", "Jobs/Text"],
        ["Jobs/Cli"] = ["Jobs/Access", "Jobs/Configuration", "Jobs/Host", "Jobs/Scheduling", "Jobs/Telemetry", "Jobs/Text"],
        ["Jobs/Configuration"] = [],
        ["Jobs/Console"] = ["Jobs/Access", "Jobs/Scheduling", "Jobs/Text"],
        ["Jobs/Host"] = ["Jobs/Access", "Jobs/Alerts", "Jobs/Configuration", "Jobs/Console", "Jobs/Scheduling", "Jobs/Telemetry", "Jobs/Text"],
        ["Jobs/Recommender"] = ["Jobs"],
        ["Jobs/Scheduling"] = ["Jobs/Access", "Jobs/Configuration", "Jobs/Text"],
        ["Jobs/Telemetry"] = ["Jobs/Access"],
        ["Jobs/Text"] = [],
        ["Pipeline"] = [],
        ["Pipeline/Constrain"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Data"] = ["Pipeline/Errors", "Pipeline/Numerics"],
        ["Pipeline/Diversify"] = ["Pipeline/Data", "Pipeline/Lexical", "Pipeline/Stage"],
        ["Pipeline/Embed"] = ["Pipeline", "Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Errors"] = [],
        ["Pipeline/Evaluate"] = ["Pipeline/Data", "Pipeline/Lexical", "Pipeline/Stage"],
        ["Pipeline/Experiment"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Explain"] = ["Pipeline/Data", "Pipeline/Stage"],
        ["Pipeline/Feedback"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Forecast"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Ingest"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Lexical", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Lexical"] = ["Pipeline/Data", "Pipeline/Stage"],
        ["Pipeline/MLNet"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics", "Pipeline/Retrieve", "Pipeline/Stage", "Pipeline/Train"],
        ["Pipeline/Neighbors"] = ["Pipeline/Data", "Pipeline/Numerics", "Pipeline/Stage"],
        ["Pipeline/Numerics"] = ["Pipeline/Errors"],
        ["Pipeline/Parquet"] = ["Pipeline", "Pipeline/Data", "Pipeline/Errors"],
        ["Pipeline/Places"] =
            ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Lexical", "Pipeline/Numerics", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Privacy"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Stage"],
        ["Pipeline/Publish"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Parquet", "Pipeline/Stage", "Pipeline/Storage"],
        ["Pipeline/Rank"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics", "Pipeline/Stage"],
        ["Pipeline/Retrieve"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Numerics"],
        ["Pipeline/Runs"] =
        [
            "Pipeline/Constrain",
            "Pipeline/Data", "Pipeline/Diversify", "Pipeline/Embed", "Pipeline/Errors", "Pipeline/Evaluate", "Pipeline/Experiment", "Pipeline/Explain",
            "Pipeline/Feedback", "Pipeline/Forecast", "Pipeline/Ingest", "Pipeline/Lexical", "Pipeline/Neighbors", "Pipeline/Numerics", "Pipeline/Parquet",
            "Pipeline/Places", "Pipeline/Privacy", "Pipeline/Publish", "Pipeline/Rank", "Pipeline/Retrieve", "Pipeline/Stage", "Pipeline/Storage",
            "Pipeline/Train",
        ],
        ["Pipeline/Stage"] = ["Pipeline/Errors", "Pipeline/Numerics"],
        ["Pipeline/Storage"] = ["Pipeline/Errors", "Pipeline/Stage"],
        ["Pipeline/Synthetic"] = ["Pipeline/Data", "Pipeline/Parquet", "Pipeline/Stage"],
        ["Pipeline/Train"] = ["Pipeline/Data", "Pipeline/Errors", "Pipeline/Lexical", "Pipeline/Numerics", "Pipeline/Parquet", "Pipeline/Stage"],
    };

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Arrows_between_folders_are_those_allowed()
    {
        foreach (var ((from, to), types) in Graph.Arrows) TestContext.WriteLine($"{from} -> {to}: {string.Join(", ", types)}");

        var missing = Graph.Arrows.Where(
            a => Project(a.Key.From) == Project(a.Key.To) && !Allowed.GetValueOrDefault(a.Key.From, []).Contains(a.Key.To)).ToList();
        Assert.IsEmpty(missing, "not allowed: " + string.Join("; ", missing.Select(a => $"{a.Key.From} -> {a.Key.To} (by {string.Join(", ", a.Value)})")));
    }

    [TestMethod]
    public void Allowed_arrows_are_all_in_use()
    {
        var idle = Allowed.SelectMany(a => a.Value.Select(to => (From: a.Key, To: to))).Where(a => !Graph.Arrows.ContainsKey(a)).ToList();
        Assert.IsEmpty(idle, "nothing uses them any more: " + string.Join("; ", idle.Select(a => $"{a.From} -> {a.To}")));
    }

    [TestMethod]
    [DataRow("Pipeline")]
    [DataRow("Jobs/")]
    public void Folders_of_a_project_form_no_cycle(string project) => Assert.AreEqual("", string.Join(" -> ", Cycle(project)));

    [TestMethod]
    public void Pipeline_stages_know_no_other_stage()
    {
        string[] stages =
        [
            .. "Ingest Embed Train Rank Diversify Constrain Explain Evaluate Neighbors Places Publish Feedback Experiment Forecast".Split(' ')
                .Select(s => "Pipeline/" + s),
        ];
        Assert.IsTrue(stages.All(Graph.Rooms.Contains));
        Assert.IsEmpty(Graph.Arrows.Keys.Where(a => stages.Contains(a.From) && stages.Contains(a.To)));
        Assert.IsEmpty(
            Graph.Arrows.Keys.Where(a => a.From.StartsWith("Pipeline", StringComparison.Ordinal) && a.To.StartsWith("Jobs", StringComparison.Ordinal)));
    }

    private static string Project(string room) => room.Split('/')[0];

    /// <summary>The rooms of one cycle in order, the first one again at the end; empty where there is none.</summary>
    private static List<string> Cycle(string project)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (string room in Graph.Rooms.Where(r => r.StartsWith(project, StringComparison.Ordinal)))
            if (Walk(room)) return path;
        return [];

        bool Walk(string room)
        {
            int at = path.IndexOf(room);
            path.Add(room);
            if (at >= 0)
            {
                path.RemoveRange(0, at);
                return true;
            }
            if (!done.Contains(room) && Graph.Arrows.Keys.Where(a => a.From == room && a.To.StartsWith(project, StringComparison.Ordinal)).Any(a => Walk(a.To)))
                return true;
            path.RemoveAt(path.Count - 1);
            done.Add(room);
            return false;
        }
    }
}
