using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>One outcome of the two groups over one time.</summary>
/// <param name="Scope">A version; <see cref="ExperimentReport.Whole"/> for all of the experiment.</param>
/// <param name="Outcome"><c>orders</c> or <c>revenue</c>, a customer.</param>
/// <param name="IsOver">Whether the window has passed; false: so far.</param>
/// <param name="PersonalUsers">Customers with personal lists.</param>
/// <param name="ControlUsers">Customers of the control group.</param>
/// <param name="Measured">Null where a group has fewer customers than <c>Experiment:MinUsers</c>.</param>
internal sealed record EffectRow(
    string Scope, string Outcome, string From, string Until, bool IsOver, int PersonalUsers, int ControlUsers, GroupDifference? Measured);

/// <summary>What was bought of what lists showed. It says where purchases came from, not what would not have been bought without.</summary>
/// <param name="By"><c>group</c>, <c>version</c>, <c>place</c>, <c>reason</c> or <c>rule</c>.</param>
/// <param name="Users">Customers with a list, over whom means are taken.</param>
/// <param name="Buyers">Customers who bought something that is attributed.</param>
/// <param name="OrdersPerUser">Orders with such a purchase, a customer.</param>
internal sealed record AttributedRow(
    string By, string Name, int Users, int Buyers, long Purchases, long Orders, double Revenue, Interval OrdersPerUser, Interval RevenuePerUser);

/// <summary>What job <c>experiment</c> found, kept as <c>experiment.json</c>. It names no customer.</summary>
/// <param name="Since">First day that is measured; empty where nothing is.</param>
/// <param name="Until">Last day of the log.</param>
/// <param name="Newcomers">Customers who came since, and are not compared: nothing is known of them before.</param>
/// <param name="FromImpressions">Whether a purchase counts only where its item was shown before.</param>
/// <param name="Decision">What it comes to, in a sentence.</param>
internal sealed record ExperimentReport(
    string Since, string Until, double ControlShare, int WindowDays, int BeforeDays, int Newcomers, bool HasRevenue, bool FromImpressions,
    IReadOnlyList<EffectRow> Effects, IReadOnlyList<AttributedRow> Attributed, string Decision)
{
    public const string FileName = "experiment.json";

    /// <summary>All of the experiment.</summary>
    public const string Whole = "all";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n",
    };

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static ExperimentReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentReport>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(path, $"no experiment can be read from it ({e.Message}); run experiment again", e);
        }
    }
}
