using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>Whose lists deltas made since the night; all others stand as the night made them.</summary>
internal static class MadeLists
{
    public const string FileName = "made.bin";

    private const string Section = "made";

    public static void Write(string path, IEnumerable<bool> made)
    {
        using var to = new ArtifactWriter(path);
        to.Write<byte>(Section, [.. made.Select(m => (byte)(m ? 1 : 0))]);
        to.Complete();
    }

    /// <param name="users">Users there are now, at least as many as there were.</param>
    /// <returns>By user index.</returns>
    public static bool[] Read(string path, int users)
    {
        var made = Array.ConvertAll(new ArtifactReader(path).Read<byte>(Section), m => m != 0);
        Array.Resize(ref made, users);
        return made;
    }
}
