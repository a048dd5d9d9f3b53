using Recsys.Batch.Jobs.Configuration;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
internal sealed class StrictBinderTests
{
    public enum Unit
    {
        Seconds,
        Milliseconds,
    }

    public sealed class Options
    {
        public Training Train { get; set; } = new();

        public Reading Ingest { get; } = new();
    }

    public sealed class Training
    {
        public int Factors { get; set; } = 64;

        public double Lambda { get; set; } = 0.1;

        public bool Guard { get; set; } = true;

        public int? Iterations { get; set; } = 16;

        public double Computed => Factors * Lambda;
    }

    public sealed class Reading
    {
        public Unit Unit { get; set; }

        public IReadOnlyList<string> Files { get; set; } = ["default"];

        public Dictionary<string, double> Weights { get; set; } = new() { ["view"] = 1, ["purchase"] = 5 };

        public List<Rule> Rules { get; set; } = [];

        public IReadOnlyDictionary<string, Mapping> Columns { get; set; } = new Dictionary<string, Mapping>();
    }

    public sealed class Rule
    {
        public required string Pattern { get; set; }

        public double Share { get; set; } = 0.5;
    }

    public sealed record Mapping(string Column, bool Needed = true);

    private static (Options Options, IReadOnlyList<string> Faults) Bind(string? json, params string[] assignments)
    {
        var layers = new SettingsLayers();
        string file = Path.Combine(Directory.CreateTempSubdirectory("recsys-binder-").FullName, "night.json");
        if (json is not null)
        {
            File.WriteAllText(file, json);
            layers.AddFile(file);
        }
        layers.AddAssignments(assignments);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        var options = new Options();
        var binder = new StrictBinder();
        binder.Bind(layers.Root, options);
        return (options, [.. binder.Faults.Select(f => f.Message)]);
    }

    private static string OneFault(string? json, params string[] assignments)
    {
        var faults = Bind(json, assignments).Faults;
        Assert.AreEqual(1, faults.Count, string.Join('\n', faults));
        return faults[0];
    }

    [TestMethod]
    public void Values_of_every_kind_arrive_and_the_rest_keeps_its_defaults()
    {
        var (options, faults) = Bind(
            """
            {
              // comments and a trailing comma are welcome
              "Train": { "factors": 128, "Lambda": 1e-3, "Iterations": null },
              "Ingest": {
                "Unit": "milliseconds", "Files": ["a", "b"], "Weights": { "cart": 3 },
                "Rules": [ { "Pattern": "^POST$" }, { "Pattern": "^M$", "Share": 0.25 } ],
                "Columns": { "user": { "Column": "customer_id" } },
              },
            }
            """,
            "Train:Guard=false");

        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
        Assert.AreEqual(128, options.Train.Factors);
        Assert.AreEqual(1e-3, options.Train.Lambda);
        Assert.IsNull(options.Train.Iterations);
        Assert.IsFalse(options.Train.Guard);
        Assert.AreEqual(Unit.Milliseconds, options.Ingest.Unit);
        CollectionAssert.AreEqual(new[] { "a", "b" }, options.Ingest.Files.ToArray());
        CollectionAssert.AreEquivalent(new[] { "view", "purchase", "cart" }, options.Ingest.Weights.Keys);
        Assert.AreEqual(0.25, options.Ingest.Rules[1].Share);
        Assert.AreEqual(new Mapping("customer_id"), options.Ingest.Columns["user"]);
    }

    [TestMethod]
    public void An_unknown_key_is_named_with_value_source_and_the_nearest_known_key() =>
        Assert.AreEqual(
            "Train:Factros = '64' (from night.json) is not a key of Train; the nearest known key is Train:Factors; it knows Factors, Guard, Iterations, Lambda",
            OneFault("""{ "Train": { "Factros": 64 } }"""));

    [TestMethod]
    public void An_unknown_section_is_named_whether_it_holds_a_value_or_keys()
    {
        StringAssert.StartsWith(
            OneFault("""{ "Trian": { "Factors": 64 } }"""), "Trian (from night.json) is not a key of the configuration; the nearest known key is Train;");
        StringAssert.StartsWith(OneFault(null, "Zebra=1"), "Zebra = '1' (from --set) is not a key of the configuration; it knows Ingest, Train");
    }

    [TestMethod]
    public void A_computed_property_is_no_key() => StringAssert.Contains(OneFault(null, "Train:Computed=1"), "is not a key of Train");

    [TestMethod]
    [DataRow("Train:Factors=many", "Train:Factors is 'many' (from --set); expected a whole number from -2147483648 to 2147483647")]
    [DataRow("Train:Factors=64.5", "Train:Factors is '64.5' (from --set); expected a whole number from -2147483648 to 2147483647")]
    [DataRow("Train:Lambda=NaN", "Train:Lambda is 'NaN' (from --set); expected a number")]
    [DataRow("Train:Lambda=0,1", "Train:Lambda is '0,1' (from --set); expected a number")]
    [DataRow("Train:Guard=yes", "Train:Guard is 'yes' (from --set); expected true or false")]
    [DataRow("Ingest:Unit=milisecond", "Ingest:Unit is 'milisecond' (from --set); expected one of Seconds, Milliseconds (the nearest is Milliseconds)")]
    [DataRow("Ingest:Unit=1", "Ingest:Unit is '1' (from --set); expected one of Seconds, Milliseconds")]
    [DataRow("Ingest:Files=a", "Ingest:Files is 'a' (from --set); expected a list: [ ... ] in a file, Ingest:Files:0=... with --set")]
    [DataRow("Ingest:Files:1=a", "Ingest:Files:1 (from --set) is not an entry of the list Ingest:Files; expected Ingest:Files:0")]
    [DataRow("Train=1", "Train is '1' (from --set); expected a section with Factors, Lambda, Guard, Iterations")]
    [DataRow("Train:Factors:Deep=1", "Train:Factors is a section (from --set); expected a whole number from -2147483648 to 2147483647")]
    [DataRow("Ingest:Weights:view=a lot", "Ingest:Weights:view is 'a lot' (from --set); expected a number")]
    [DataRow("Ingest:Rules:0:Share=1", "Ingest:Rules:0:Pattern is missing (from --set); expected text")]
    [DataRow("Ingest:Columns:user:Needed=true", "Ingest:Columns:user:Column is missing (from --set); expected text")]
    [DataRow(
        "Ingest:Columns:user:Colum=x",
        "Ingest:Columns:user:Colum = 'x' (from --set) is not a key of Ingest:Columns:user; the nearest known key is Ingest:Columns:user:Column; "
        + "it knows Column, Needed",
        "Ingest:Columns:user:Column=y")]
    public void A_value_that_does_not_fit_says_what_was_expected(string assignment, string message, string? more = null) =>
        Assert.AreEqual(message, more is null ? OneFault(null, assignment) : OneFault(null, assignment, more));

    [TestMethod]
    public void Null_where_a_value_is_needed_is_a_fault() =>
        Assert.AreEqual(
            "Train:Factors is null (from night.json); expected a whole number from -2147483648 to 2147483647",
            OneFault("""{ "Train": { "Factors": null } }"""));

    [TestMethod]
    public void All_faults_come_at_once() =>
        Assert.AreEqual(3, Bind("""{ "Train": { "Factors": "x", "Lambada": 1 }, "Ingest": { "Unit": "fortnights" } }""").Faults.Count);

    [TestMethod]
    public void Null_takes_an_entry_out_of_a_dictionary() =>
        CollectionAssert.AreEquivalent(new[] { "purchase" }, Bind("""{ "Ingest": { "Weights": { "view": null } } }""").Options.Ingest.Weights.Keys);
}
