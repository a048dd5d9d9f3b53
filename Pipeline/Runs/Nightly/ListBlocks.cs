using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Blocks of lists as artifacts: <c>blocks/00000.bin</c> and so on, in the order in which their users are published.</summary>
internal static class ListBlocks
{
    public const string Folder = "blocks";

    private const string PlacedBy = "placed by";

    private const string Reserve = "reserve";

    private const string Features = "features";

    private const string Ranked = "reserve rows";

    public static string FileOf(int block) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Folder}/{block:D5}.bin");

    public static void Write(string path, RecommendationBlock block)
    {
        using var to = new ArtifactWriter(path);
        to.Write("users", block.Users).Write("offsets", block.Offsets).Write("items", block.Items).Write("scores", block.Scores)
            .Write("relevance", block.Relevance).Write("diversityGain", block.DiversityGain)
            .Write("reasons", MemoryMarshal.AsBytes(block.Reasons.AsSpan())).Write("reasonItems", block.ReasonItems)
            .Write("sources", MemoryMarshal.AsBytes(block.Sources.AsSpan())).Write("propensity", block.Propensity);
        // Lists that no ranker and no rule shaped are the same bytes as ever.
        if (block.Features is { } features)
        {
            to.WriteStrings(Features, features.Names).Write("strongest features", features.Strongest).Write("feature shares", features.Shares)
                .Write("other shares", features.Others);
        }
        if (block.PlacedBy is not null)
            to.Write(PlacedBy, block.PlacedBy).Write("yielded", block.Yielded ?? []).WriteStrings("rules", block.Rules);
        if (block.Reserve is { } reserve)
        {
            to.Write(Reserve, reserve.Offsets).Write("reserve items", reserve.Items).Write("reserve weights", reserve.Weights)
                .Write("reserve relevance", reserve.Relevance).Write("reserve sources", MemoryMarshal.AsBytes(reserve.Sources.AsSpan()));
            if (ReserveRows.Of(block) is { } rows) to.Write(Ranked, rows);
        }
        to.Complete();
    }

    /// <exception cref="ArtifactException">The file is not the one that was written.</exception>
    public static RecommendationBlock Read(string path)
    {
        var from = new ArtifactReader(path);
        var block = new RecommendationBlock
        {
            Users = from.Read<int>("users"),
            Offsets = from.Read<int>("offsets"),
            Items = from.Read<int>("items"),
            Scores = from.Read<float>("scores"),
            Relevance = from.Read<float>("relevance"),
            DiversityGain = from.Read<float>("diversityGain"),
            Reasons = MemoryMarshal.Cast<byte, ReasonCode>(from.Read<byte>("reasons")).ToArray(),
            ReasonItems = from.Read<int>("reasonItems"),
            Sources = MemoryMarshal.Cast<byte, CandidateSource>(from.Read<byte>("sources")).ToArray(),
            Propensity = from.Read<float>("propensity"),
            PlacedBy = from.Has(PlacedBy) ? from.Read<int>(PlacedBy) : null,
            Yielded = from.Has(PlacedBy) ? from.Read<int>("yielded") : null,
            Rules = from.Has(PlacedBy) ? [.. from.ReadStrings("rules").Select(r => r!)] : [],
            Reserve = !from.Has(Reserve) ? null : new ReserveBlock
            {
                Offsets = from.Read<int>(Reserve),
                Items = from.Read<int>("reserve items"),
                Weights = from.Read<float>("reserve weights"),
                Relevance = from.Read<float>("reserve relevance"),
                Sources = MemoryMarshal.Cast<byte, CandidateSource>(from.Read<byte>("reserve sources")).ToArray(),
            },
            Features = !from.Has(Features + ".offsets") ? null : new ListFeatures(
                [.. from.ReadStrings(Features).Select(n => n!)], from.Read<short>("strongest features"), from.Read<float>("feature shares"),
                from.Read<float>("other shares")),
        };
        if (from.Has(Ranked)) block.Ranked = ReserveRows.Read(block.Reserve!, from.Read<float>(Ranked));
        return block;
    }

    /// <summary>Whether a block that a killed attempt left is whole; a damaged one is made again.</summary>
    public static bool IsWhole(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            _ = new ArtifactReader(path);
            return true;
        }
        catch (ArtifactException)
        {
            return false;
        }
    }
}
