using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

[TestClass]
internal sealed class ScheduleTableTests
{
    private static IReadOnlyList<string> Faults(params string[] settings) =>
        Settings.Faults(new SettingsLayers().AddAssignments(settings).Root, new PipelineOptions(), Settings.AllButIngest, new HostSections());

    private static string Fault(params string[] settings)
    {
        var faults = Faults(settings);
        Assert.AreEqual(1, faults.Count, string.Join(Environment.NewLine, faults));
        return faults[0];
    }

    [TestMethod]
    public void Schedules_are_bound_with_all_they_say()
    {
        var sections = new HostSections();
        var faults = Settings.Faults(
            new SettingsLayers().AddAssignments(
            [
                "Schedules:night:Job=nightly", "Schedules:night:Cron=30 2 * * *", "Schedules:night:TimeZone=Europe/Berlin", "Schedules:night:Misfire=Skip",
                "Schedules:night:Set:from=train", "Schedules:night:TimeLimit=04:00:00", "Schedules:night:Retries=2", "Schedules:night:RetryDelay=00:10:00",
                "Schedules:sweep:Job=prune", "Schedules:sweep:After=night",
            ]).Root,
            new PipelineOptions(), Settings.AllButIngest, sections);

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
        var night = sections.Schedules["night"];
        Assert.AreEqual(("nightly", "30 2 * * *", "Europe/Berlin", MisfirePolicy.Skip), (night.Job, night.Cron, night.TimeZone, night.Misfire));
        Assert.AreEqual((TimeSpan.FromHours(4), 2, TimeSpan.FromMinutes(10)), (night.TimeLimit!.Value, night.Retries, night.RetryDelay));
        Assert.AreEqual("train", night.Set["from"]);
        Assert.AreEqual("night", sections.Schedules["sweep"].After);
    }

    [TestMethod]
    [DataRow(
        "Schedules:night:Cron is '61 2 * * *'; expected a cron expression: The given cron expression has an invalid format. "
        + "Minutes: Value must be a number between 0 and 59",
        "Schedules:night:Cron=61 2 * * *")]
    [DataRow("Schedules:night:TimeZone is 'Europe/Berlni'; expected the IANA name", "Schedules:night:Cron=0 2 * * *", "Schedules:night:TimeZone=Europe/Berlni")]
    [DataRow("Schedules:night:After is 'nihgt2'; expected the name of another schedule", "Schedules:night:After=nihgt2")]
    [DataRow("Schedules:night:Cron is missing; expected a cron expression", "Schedules:night:Retries=1")]
    [DataRow("Schedules:night:Retries is 101; expected a number from 0 to 100", "Schedules:night:Cron=0 2 * * *", "Schedules:night:Retries=101")]
    [DataRow("Schedules:night:After is 'night'; expected no cycle, but night after night", "Schedules:night:After=night")]
    [DataRow(
        "Schedules:night:Cronn = 'x' (from --set) is not a key of Schedules:night; the nearest known key is Schedules:night:Cron", "Schedules:night:Cronn=x")]
    public void A_fault_names_its_key_what_was_found_and_what_was_expected(string expected, params string[] settings) =>
        StringAssert.StartsWith(Fault(["Schedules:night:Job=nightly", .. settings]), expected);

    [TestMethod]
    public void An_unknown_job_is_told_of_all_jobs() =>
        StringAssert.StartsWith(Fault("Schedules:x:Job=nigthly", "Schedules:x:Cron=0 2 * * *"), "Schedules:x:Job is 'nigthly'; expected a job: nightly, ");

    [TestMethod]
    [DataRow("""{ "Schedules": { "night": { "Set": { "Diversify:Lambda": "0.33", "from": "train" } } } }""", null, "0.33")]
    [DataRow("""{ "Schedules": { "night": { "Set": { "Diversify": { "Lambda": "0.33" }, "from": "train" } } } }""", null, "0.33")]
    [DataRow("""{ "Schedules": { "night": { "Set": { "from": "train" } } } }""", "Schedules:night:Set:Diversify:Lambda=0.33", "0.33")]
    [DataRow("""{ "Schedules": { "night": { "Set": { "Diversify:Lambda": 0.1, "from": "train" } } } }""", "Schedules:night:Set:diversify:lambda=0.33", "0.33")]
    [DataRow("""{ "Schedules": { "night": { "Set": { "Diversify:Lambda": null, "from": "train" } } } }""", null, null)]
    public void Set_holds_settings_however_they_are_written(string json, string? assignment, string? lambda)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, json);
        var layers = new SettingsLayers().AddFile(file).AddAssignments(["Schedules:night:Job=nightly", "Schedules:night:Cron=0 2 * * *"]);
        if (assignment is not null) layers.AddAssignments([assignment]);
        File.Delete(file);
        var sections = new HostSections();
        Assert.AreEqual("", string.Join('\n', Settings.Faults(layers.Root, new PipelineOptions(), Settings.AllButIngest, sections)));
        var parameters = sections.Schedules.Values.Single().Set;
        Assert.AreEqual(lambda, parameters.GetValueOrDefault("Diversify:Lambda"));
        Assert.AreEqual("train", parameters["from"]);
    }

    [TestMethod]
    public void A_circle_of_three_is_told_whole()
    {
        var faults = Faults(
            "Schedules:a:Job=nightly", "Schedules:a:After=b", "Schedules:b:Job=nightly", "Schedules:b:After=c", "Schedules:c:Job=nightly",
            "Schedules:c:After=a");
        Assert.AreEqual(3, faults.Count);
        StringAssert.Contains(faults[0], "a after b after c after a");
    }
}
