using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Identity of a stage's work and of its outputs, by SHA-256.</summary>
internal static class StageHash
{
    public static string Of(StageManifest m)
    {
        var text = new StringBuilder();
        Add(text, "stage", m.Stage);
        Add(text, "code", m.CodeVersion);
        Add(text, "seed", m.Seed.ToString(CultureInfo.InvariantCulture));
        Add(text, "options", CanonicalJson.Hash(m.Options));
        foreach (var (name, hash) in m.Sources) Add(text, "source " + name, hash);
        foreach (var (name, hash) in m.Inputs) Add(text, "input " + name, hash);
        foreach (var (name, value) in m.Carried ?? []) Add(text, "carried " + name, value);
        return Of(text.ToString());
    }

    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Everything a finished stage left in its folder, by ordinal path; unfinished leftovers are removed.</summary>
    public static IReadOnlyList<StageFile> Outputs(string folder)
    {
        foreach (string partial in Directory.EnumerateFiles(folder, "*" + PartialFile.Extension, SearchOption.AllDirectories)) File.Delete(partial);
        return
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => (File: file, Name: Path.GetRelativePath(folder, file).Replace('\\', '/')))
                .Where(f => f.Name != StageManifest.FileName)
                .OrderBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => new StageFile(f.Name, new FileInfo(f.File).Length, FileFingerprint.Of(f.File))),
        ];
    }

    /// <summary>Null where every output is there with the bytes that were written; else what is wrong, in words.</summary>
    public static string? Damage(string folder, IReadOnlyList<StageFile> outputs)
    {
        foreach (var output in outputs)
        {
            string path = Path.Combine(folder, output.Path);
            if (!File.Exists(path)) return $"{output.Path} is missing";
            long bytes = new FileInfo(path).Length;
            if (bytes != output.Bytes) return $"{output.Path} has {bytes} bytes, not {output.Bytes}";
            if (FileFingerprint.Of(path) != output.Sha256) return $"{output.Path} does not have the SHA-256 written in its manifest";
        }
        return null;
    }

    // Lengths go first, so that no two lists of fields read alike.
    private static void Add(StringBuilder to, string name, string value) =>
        to.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}={value.Length}:{value}\n");
}
