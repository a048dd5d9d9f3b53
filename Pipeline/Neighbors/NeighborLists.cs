using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>Neighbors of every item from one source: item i's are <c>[Offsets[i], Offsets[i + 1])</c>, nearest first.</summary>
/// <param name="Source"><c>cf</c>, <c>text</c> or <c>blend</c>.</param>
/// <param name="Scores">Cosines, aligned with <paramref name="Items"/>.</param>
internal sealed record NeighborLists(string Source, int[] Offsets, int[] Items, float[] Scores)
{
    public const string Cf = "cf", Text = "text", Blend = "blend";

    private const string Names = "sources";

    public static void Save(string path, IReadOnlyList<NeighborLists> lists)
    {
        using var to = new ArtifactWriter(path);
        to.WriteJson(Names, lists.Select(l => l.Source).ToArray());
        foreach (var list in lists)
            to.Write(list.Source + ".offsets", list.Offsets).Write(list.Source + ".items", list.Items).Write(list.Source + ".scores", list.Scores);
        to.Complete();
    }

    /// <summary>Whether every item has the same neighbors in both; items that only one of them knows have none.</summary>
    public static bool AreEqual(IReadOnlyList<NeighborLists> first, IReadOnlyList<NeighborLists> second) =>
        first.Count == second.Count && first.Zip(second).All(p => p.First.Equal(p.Second));

    private bool Equal(NeighborLists other)
    {
        int both = Math.Min(Offsets.Length, other.Offsets.Length);
        return Source == other.Source
            && Offsets.AsSpan(0, both).SequenceEqual(other.Offsets.AsSpan(0, both))
            && !Offsets.AsSpan(both).ContainsAnyExcept(Offsets[both - 1])
            && !other.Offsets.AsSpan(both).ContainsAnyExcept(Offsets[both - 1])
            && Items.AsSpan().SequenceEqual(other.Items)
            && Scores.AsSpan().SequenceEqual(other.Scores);
    }

    /// <exception cref="Errors.ArtifactException">The file is not the one that was written.</exception>
    public static IReadOnlyList<NeighborLists> Load(string path)
    {
        var from = new ArtifactReader(path);
        return [.. from.ReadJson<string[]>(Names)
            .Select(s => new NeighborLists(s, from.Read<int>(s + ".offsets"), from.Read<int>(s + ".items"), from.Read<float>(s + ".scores")))];
    }
}
