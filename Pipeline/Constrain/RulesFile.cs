using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>
/// The shop's rules: a JSON file with an array <c>rules</c>, or a Parquet file with a row a rule and a column a field (<c>where</c>, <c>segments</c> and
/// <c>positions</c> as JSON text there).
/// </summary>
/// <param name="Hash">SHA-256 of the file.</param>
internal sealed record RulesFile(string Path, IReadOnlyList<Rule> Rules, string Hash)
{
    private const long MaxBytes = 16 << 20;

    private static readonly JsonDocumentOptions s_json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    private static readonly string[] s_asJson = ["where", "segments", "positions"];

    /// <exception cref="ConfigurationException">The file is missing or no rules file, or a rule cannot be used: every fault, a line each.</exception>
    public static RulesFile Read(string path)
    {
        var (file, faults) = Look(path);
        return faults.Count == 0 ? file! : throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>The file, or all that is wrong with it.</summary>
    public static (RulesFile? File, IReadOnlyList<string> Faults) Look(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes } large)
                return (null, [$"Rules:File is '{path}', which has {large.Length} bytes; expected at most {MaxBytes}"]);
            byte[] bytes = File.ReadAllBytes(path);
            var rows = bytes.AsSpan().StartsWith("PAR1"u8) ? OfParquet(path) : OfJson(path, bytes);
            var reader = new RuleReader(path);
            var rules = rows.Select((row, index) => reader.Read(row, index + 1)).OfType<Rule>().ToList();
            foreach (var twice in rules.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
                reader.Fault(twice.Last().Number, twice.Key, "name", $"'{twice.Key}'", $"a name that rule {twice.First().Number} has not");
            return (new RulesFile(path, rules, Convert.ToHexStringLower(SHA256.HashData(bytes))), reader.Faults);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [$"Rules:File is '{path}', which is not there; expected a JSON or Parquet file of rules, or nothing"]);
        }
        // A key that stands twice is an ArgumentException.
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or RecsysException or ArgumentException)
        {
            return (null, [$"Rules:File is '{path}', which cannot be read: {e.Message.ReplaceLineEndings(" ")}; expected a JSON or Parquet file of rules"]);
        }
    }

    private static List<JsonNode?> OfJson(string path, byte[] bytes)
    {
        var root = JsonNode.Parse(bytes, new JsonNodeOptions { PropertyNameCaseInsensitive = true }, s_json);
        if (root is not JsonObject { Count: 1 } whole || whole["rules"] is not JsonArray rules)
            throw new ConfigurationException($"{System.IO.Path.GetFileName(path)} has to be an object with an array 'rules' and nothing else");
        return [.. rules];
    }

    private static List<JsonNode?> OfParquet(string path)
    {
        var rows = new List<JsonNode?>();
        foreach (var batch in ParquetFiles.Reader().Read(path))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                var rule = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
                foreach (var column in batch.Columns)
                    if (CellText.Shown(column, row) is { } cell) rule[column.Field.Name] = ValueOf(column, cell, row);
                rows.Add(rule);
            }
        }
        return rows;
    }

    private static JsonNode? ValueOf(Column column, string cell, int row) => column switch
    {
        _ when s_asJson.Contains(column.Field.Name, StringComparer.OrdinalIgnoreCase) =>
            JsonNode.Parse(cell, new JsonNodeOptions { PropertyNameCaseInsensitive = true }, s_json),
        ValueColumn<bool> flags => flags.Values[row],
        Utf8Column => cell,
        _ => ItemCondition.Number(cell),
    };
}
