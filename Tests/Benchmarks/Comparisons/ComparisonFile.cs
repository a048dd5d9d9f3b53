using System.Text.Json;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>The comparisons of one kind of processor, kept from run to run: a row that is measured again takes the place of the one before.</summary>
internal sealed class ComparisonFile(string path)
{
    /// <summary>Where they are kept, from the repository's folder.</summary>
    public static readonly string Kept = Path.Combine("Tests", "Benchmarks", "Results");

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>FOLDER/amd-epyc-2-cores-vector256.json, or what the processor is called.</summary>
    public static ComparisonFile In(string folder)
    {
        string name = string.Join('-', Hardware.Name.ToLowerInvariant().Split([' ', ',', '(', ')', '/', '@'], StringSplitOptions.RemoveEmptyEntries));
        return new ComparisonFile(Path.Combine(folder, name + ".json"));
    }

    public string File => path;

    public IReadOnlyList<Comparison> Read() =>
        System.IO.File.Exists(path) ? JsonSerializer.Deserialize<Comparison[]>(System.IO.File.ReadAllText(path))! : [];

    public IReadOnlyList<Comparison> Add(IReadOnlyList<Comparison> measured)
    {
        var all = Read().ToList();
        foreach (var comparison in measured)
        {
            int at = all.FindIndex(c => c.Name == comparison.Name);
            if (at < 0) all.Add(comparison);
            else all[at] = comparison;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, JsonSerializer.Serialize(all, s_json) + "\n");
        return all;
    }
}
