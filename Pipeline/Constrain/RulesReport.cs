using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>What a rule gives up in relevance, a list: with a 95% interval, over some users.</summary>
/// <param name="Lost">Of 1 an entry.</param>
/// <param name="Share">Of the relevance that lists have without the rule.</param>
internal sealed record RuleCost(int Rule, double Lost, double Low, double High, double Share, int Users);

/// <summary>What came of one rule in a night.</summary>
/// <param name="Items">Items it speaks of; -1: all.</param>
/// <param name="Placed">Entries that it put onto lists.</param>
/// <param name="Yielded">Lists on which it could not hold.</param>
internal sealed record RuleOutcome(int Number, string Name, string Kind, bool Active, int Items, long Placed, long Yielded)
{
    public RuleCost? Cost { get; init; }

    /// <summary>Of limits and floors: bounds there are, those that made a difference, and those that are not met.</summary>
    public int Bounds { get; init; }

    public int Binding { get; init; }

    public int Unmet { get; init; }

    /// <summary>Of limits and floors: what lists lost to it, all users counted, and as a share of their worth.</summary>
    public double? Lost { get; init; }

    public double? LostShare { get; init; }
}

/// <summary>What allocation across users came to.</summary>
/// <param name="Relevance">What lists are worth: relevance, boosts and diversity gain.</param>
/// <param name="Before">The same without limits and floors.</param>
/// <param name="Gap">How far that may be from the best that can be, as a share of it.</param>
internal sealed record AllocationOutcome(
    int Bounds, int Rounds, double Relevance, double Before, double Bound, double Gap, long Changed, int Broken, int Unmet, double Seconds);

/// <summary>What the shop's rules did in a night, kept as <c>rules.json</c> beside its lists.</summary>
/// <param name="Moment">What now was for rules with dates; null in a log without time.</param>
internal sealed record RulesReport(
    DateTime? Moment, long Lists, IReadOnlyList<RuleOutcome> Rules, AllocationOutcome? Allocation, IReadOnlyList<string> Warnings)
{
    public const string FileName = "rules.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Measured time is no part of what a stage makes.</summary>
    public void Write(string path) => AtomicFile.WriteText(
        path, JsonSerializer.Serialize(this with { Allocation = Allocation is null ? null : Allocation with { Seconds = 0 } }, s_json) + "\n");

    public static RulesReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RulesReport>(File.ReadAllText(path), s_json) ?? throw new ArtifactException(path, "it is empty; run again");
        }
        catch (JsonException e)
        {
            throw new ArtifactException(path, $"the report of rules is corrupt ({e.Message}); run again", e);
        }
    }
}
