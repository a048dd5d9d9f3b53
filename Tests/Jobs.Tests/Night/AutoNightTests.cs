using System.Globalization;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>Nights in which nobody names an algorithm.</summary>
[TestClass]
internal sealed partial class AutoNightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-auto-").FullName;

    private string Output => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_made_shop_is_published_ahead_of_popularity()
    {
        await Generate();

        var called = await Night("nightly");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, "What serves, chosen on the validation window");
        StringAssert.Contains(called.Out, "How lists are diversified, chosen on the validation window");
        StringAssert.Contains(called.Out, ", serves");
        StringAssert.Contains(called.Out, "Published version ");
        string file = Directory.GetFiles(Output, AutoChoice.FileName, SearchOption.AllDirectories).Single();
        Assert.IsTrue(AutoChoice.Load(file).OverPopularity is { Low: > 0 }, File.ReadAllText(file));
        var (serving, popularity) = (Ndcg(called.Out, null), Ndcg(called.Out, "popularity"));
        Assert.IsTrue(serving > popularity, $"{serving} against popularity's {popularity}");

        // A delta folds new rows into whatever was chosen.
        var delta = await Night("delta");
        Assert.AreEqual(0, delta.ExitCode, delta.ToString());
        StringAssert.Contains(delta.Out, "Nothing changed");
    }

    [TestMethod]
    public async Task Tune_leaves_the_choice_as_a_configuration()
    {
        await Generate();

        var tuned = await Night("tune");

        Assert.AreEqual(0, tuned.ExitCode, tuned.ToString());
        string best = Directory.GetFiles(Output, "best.json", SearchOption.AllDirectories).Single();
        var night = await Night("train", "--config", best);
        Assert.AreEqual(0, night.ExitCode, night.ToString());
        Assert.IsEmpty(
            Directory.GetFiles(Output, AutoChoice.FileName, SearchOption.AllDirectories).Where(f => !f.Contains("tune", StringComparison.Ordinal)),
            "what is named is not raced for");
    }

    private async Task Generate() => Assert.AreEqual(
        0, (await Called.With("generate", "--users", "1200", "--items", "200", "--events", "60000", "--out", _folder)).ExitCode);

    private Task<Called> Night(string job, params string[] more) => Called.With(
    [
        "run", job, "--config", Path.Combine(_folder, "night.json"), "--out", Output, "--set", "Embed:Model=none", "--set", "Evaluate:Replicates=100", "--set",
        "Evaluate:AucUsers=0", "--set", "Train:Auto:Varied=1", .. more,
    ]);

    /// <summary>NDCG on purchases new to the user, of the model of that name or the first.</summary>
    private static double Ndcg(string output, string? model)
    {
        string table = output[output.IndexOf("Purchases new to the user", StringComparison.Ordinal)..];
        foreach (string line in table.Split('\n').Skip(2))
        {
            var row = ModelRow().Match(line);
            if (row.Success && (model is null || row.Groups[1].Value == model)) return double.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture);
        }
        throw new AssertFailedException($"no row of {model ?? "the serving model"} in {table}");
    }

    [GeneratedRegex(@"^([a-z-]+)\s+(0\.\d{4}) ")]
    private static partial Regex ModelRow();
}
