using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tokenize;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Texts a second of the tokenizers on the titles of the golden tests, one thread, beside Hugging Face's JavaScript ones on the same titles (node, and
/// <c>npm ci</c> in Tests/Tokenizers). Both give the same ids, which is looked at too.
/// </summary>
internal static class TokenizeBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        int seconds = arguments.Int("seconds", 5);
        string tests = arguments.Text("tests", Path.Combine("Tests", "Pipeline.Tests", "Embed", "Tokenize", "Golden"));
        string scripts = arguments.Text("scripts", Path.Combine("Tests", "Tokenizers"));

        string[] titles = [.. Encoding.UTF8.GetString(Gunzip(Path.Combine(tests, "titles.txt.gz"))).Split('\n').Where(t => t.Length > 0)];
        Console.WriteLine($"{titles.Length} titles, {titles.Average(t => t.Length):0.0} characters each, one thread, {seconds} s a side");
        foreach (var (name, file) in new[]
        {
            ("WordPiece", "bert-vocab.txt.gz"), ("Unigram", "unigram.tokenizer.json.gz"), ("byte-level BPE", "byte-pairs.tokenizer.json.gz"),
        })
        {
            string folder = Directory.CreateTempSubdirectory("tokenize-").FullName;
            string json = Path.Combine(folder, Tokenizers.JsonFile);
            if (name == "WordPiece") Node(Path.Combine(scripts, "bert-json.mjs"), Path.Combine(tests, file), json);
            else File.WriteAllBytes(json, Gunzip(Path.Combine(tests, file)));
            var (ours, ids) = Measure(Tokenizers.Open(folder), titles, seconds);
            using var peer = JsonDocument.Parse(Node(Path.Combine(scripts, "benchmark.mjs"), Path.Combine(tests, "titles.txt.gz"), json, $"{seconds}"));
            double theirs = peer.RootElement.GetProperty("texts_per_s").GetDouble();
            bool same = ids == peer.RootElement.GetProperty("ids_per_round").GetDouble();
            Console.WriteLine(
                $"{name,-15} {ours,12:N0} texts/s   JavaScript {theirs,10:N0} texts/s   ratio {ours / theirs:0.0}   {ids:N0} "
                + $"ids{(same ? "" : " (the JavaScript ones give another number)")}");
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static (double TextsPerSecond, long Ids) Measure(ITokenizer tokenizer, string[] titles, int seconds)
    {
        var room = new int[8192];
        long ids = 0;
        foreach (string title in titles) ids += tokenizer.Encode(title, room);
        for (int warm = 0; warm < 20; warm++)
            foreach (string title in titles) tokenizer.Encode(title, room);
        long texts = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            foreach (string title in titles) tokenizer.Encode(title, room);
            texts += titles.Length;
        }
        return (texts / watch.Elapsed.TotalSeconds, ids);
    }

    private static string Node(params string[] args)
    {
        using var node = Process.Start(new ProcessStartInfo("node", args) { RedirectStandardOutput = true })!;
        string output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return node.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"node {string.Join(' ', args)} left with {node.ExitCode}; has 'npm ci' been run in Tests/Tokenizers?");
    }

    private static byte[] Gunzip(string file)
    {
        using var from = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }
}
