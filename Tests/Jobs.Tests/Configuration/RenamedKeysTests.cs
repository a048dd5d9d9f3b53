using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
internal sealed class RenamedKeysTests
{
    [TestMethod]
    public void Old_name_is_bound_to_the_new_key_with_a_warning()
    {
        var root = new SettingsLayers()
            .AddAssignments(["Alerts:Webhooks:0:Url=https://example.com/x", "Alerts:Webhooks:0:Tries=7", "train:text:likeness=0.25"]).Root;
        var (options, host) = (new PipelineOptions(), new HostSections());

        CollectionAssert.AreEqual(Array.Empty<string>(), Settings.Faults(root, options, Settings.AllButIngest, host).ToArray());

        Assert.AreEqual(7, host.Alerts.Webhooks[0].MaxAttempts);
        Assert.AreEqual(0.25, options.Train.Text.SimilarityWeight);
        CollectionAssert.AreEqual(
            new[]
            {
                "Alerts:Webhooks:0:Tries (from --set) is now called Alerts:Webhooks:0:MaxAttempts; rename it, the next version refuses the old name",
                "train:text:likeness (from --set) is now called train:text:SimilarityWeight; rename it, the next version refuses the old name",
            },
            Settings.Warnings(root).ToArray());
    }

    [TestMethod]
    public void Every_renamed_key_has_its_new_name_in_the_options()
    {
        var names = new HashSet<string>(Names(typeof(PipelineOptions), []).Concat(Names(typeof(HostSections), [])));

        foreach (var key in RenamedKeys.OfThisVersion.Keys)
        {
            Assert.Contains(key.Name, names, $"{key.Old} is renamed to a key that no option has");
            Assert.DoesNotContain(RenamedKeys.Beside(key.Old, ""), key.Name);
        }
    }

    [TestMethod]
    public void Old_and_new_name_together_are_a_fault()
    {
        var root = new SettingsLayers().AddAssignments(["Alerts:Every=00:00:10", "Alerts:CheckInterval=00:00:20"]).Root;

        var faults = Settings.Faults(root, new PipelineOptions(), Settings.AllButIngest, new HostSections());

        Assert.AreEqual("Alerts:Every (from --set) and Alerts:CheckInterval (from --set) are one key, which was renamed; remove the first", faults.Single());
    }

    [TestMethod]
    [DataRow("Train:GraphFilter:Neighbours", true)]
    [DataRow("Train:Ensemble:Members:a:graphfilter:neighbours", true)]
    [DataRow("Alerts:Webhooks:12:Tries", true)]
    [DataRow("Train:ItemKnn:Neighbours", false)]
    [DataRow("Alerts:Tries", false)]
    [DataRow("Neighbours", false)]
    public void A_path_is_renamed_by_its_last_segments(string path, bool renamed) =>
        Assert.AreEqual(renamed, RenamedKeys.OfThisVersion.Keys.Any(k => k.Holds(path)));

    private static List<string> Names(Type type, HashSet<Type> seen)
    {
        if (type.Namespace?.StartsWith("Recsys", StringComparison.Ordinal) != true || !seen.Add(type)) return [];
        return
        [
            .. StrictBinder.Settable(type).SelectMany(p => Names(StrictBinder.DictionaryValue(p.PropertyType)
                ?? StrictBinder.ListEntry(p.PropertyType) ?? p.PropertyType, seen).Prepend(p.Name)),
        ];
    }
}
