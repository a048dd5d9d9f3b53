using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Blocks of lists as artifacts: <c>blocks/00000.bin</c> and so on, in the order in which their users are published.</summary>
internal static class ListBlocks
{
    public const string Folder = "blocks";

    public static string FileOf(int block) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Folder}/{block:D5}.bin");

    public static void Write(string path, RecommendationBlock block)
    {
        using var to = new ArtifactWriter(path);
        to.Write("users", block.Users).Write("offsets", block.Offsets).Write("items", block.Items).Write("scores", block.Scores)
            .Write("relevance", block.Relevance).Write("diversityGain", block.DiversityGain)
            .Write("reasons", MemoryMarshal.AsBytes(block.Reasons.AsSpan())).Write("reasonItems", block.ReasonItems)
            .Write("sources", MemoryMarshal.AsBytes(block.Sources.AsSpan())).Write("propensity", block.Propensity);
        to.Complete();
    }

    /// <exception cref="ArtifactException">The file is not the one that was written.</exception>
    public static RecommendationBlock Read(string path)
    {
        var from = new ArtifactReader(path);
        return new RecommendationBlock
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
        };
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
