using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>Reads one rule after the other and gathers every fault with file, rule, field, value and what was expected.</summary>
internal sealed class RuleReader(string file)
{
    private const int MaxName = 64, MaxValues = 100_000, MaxText = 1_024;

    private static readonly string[] s_common = ["name", "kind", "where", "segments", "from", "to", "priority"];

    private static readonly Dictionary<RuleKind, string[]> s_own = new()
    {
        [RuleKind.Exclude] = [],
        [RuleKind.Include] = [],
        [RuleKind.Match] = ["item", "user"],
        [RuleKind.Pin] = ["position"],
        [RuleKind.Cap] = ["most", "per", "strict"],
        [RuleKind.Slot] = ["positions"],
        [RuleKind.Quota] = ["least"],
        [RuleKind.Boost] = ["by"],
        [RuleKind.Limit] = ["per", "lists", "share", "listsPerPiece", "lessExpected"],
        [RuleKind.Floor] = ["per", "lists", "share"],
    };

    private readonly List<string> _faults = [];
    private int _number;
    private string? _name;

    public IReadOnlyList<string> Faults => _faults;

    public void Fault(int number, string? name, string field, string found, string expected) => _faults.Add(
        $"Rules:File '{file}', rule {number}{(name is null ? "" : $" '{name}'")}, {field} is {found}; expected {expected}");

    /// <returns>Null where there are faults.</returns>
    public Rule? Read(JsonNode? node, int number)
    {
        int before = _faults.Count;
        (_number, _name) = (number, null);
        if (node is not JsonObject row)
        {
            Bad("the rule", node, "an object with name, kind and the fields of that kind");
            return null;
        }
        _name = Text(row, "name", MaxName);
        if (_name is null) Bad("name", row["name"], $"a name of 1 to {MaxName} characters, by which reports call the rule");
        string kinds = string.Join(", ", Enum.GetNames<RuleKind>().Select(k => k.ToLowerInvariant()));
        if (!Enum.TryParse(Text(row, "kind", MaxName), ignoreCase: true, out RuleKind kind) || !Enum.IsDefined(kind))
        {
            Bad("kind", row["kind"], "one of " + kinds);
            return null;
        }
        string[] fields = [.. s_common, .. s_own[kind]];
        foreach (string key in row.Select(p => p.Key).Where(k => !fields.Contains(k, StringComparer.OrdinalIgnoreCase)))
        {
            string near = NearestName.Of(key, fields) is { } meant ? $"; did you mean '{meant}'?" : "";
            Fault(
                number, _name, $"field '{Shown(key)}'", "unknown",
                $"a field of kind {kind.ToString().ToLowerInvariant()}: {string.Join(", ", fields)}{near}");
        }
        var rule = new Rule(_name ?? "", number, kind)
        {
            Where = Conditions(row["where"]),
            Segments = Texts(row["segments"], "segments"),
            From = Moment(row, "from"),
            To = Moment(row, "to"),
            Priority = (int)(Number(row, "priority", -1_000_000, 1_000_000, whole: true) ?? 0),
            By = Number(row, "by", -10, 10) ?? 0,
            Positions = kind == RuleKind.Pin ? Number(row, "position", 1, 1_000, whole: true) is { } at ? [(int)at] : [] : Places(row["positions"]),
            Least = (int)(Number(row, "least", 1, 1_000, whole: true) ?? 0),
            Most = (int)(Number(row, "most", 0, 1_000, whole: true) ?? -1),
            Per = Text(row, "per", MaxText),
            Strict = Flag(row, "strict"),
            Item = Text(row, "item", MaxText),
            User = Text(row, "user", MaxText),
            Lists = (long?)Number(row, "lists", 0, 1e15, whole: true),
            Share = Number(row, "share", 0, 1),
            ListsPerPiece = Number(row, "listsPerPiece", 0, 1e9),
            LessExpected = Flag(row, "lessExpected"),
        };
        Check(rule, row);
        return _faults.Count == before ? rule : null;
    }

    private void Check(Rule rule, JsonObject row)
    {
        if (rule.From >= rule.To) Bad("to", row["to"], $"a moment after from ({rule.From:s})");
        if (rule.Kind is RuleKind.Exclude or RuleKind.Include or RuleKind.Pin or RuleKind.Slot or RuleKind.Quota or RuleKind.Boost && rule.Where.Count == 0)
            Bad("where", row["where"], "an object of conditions that says which items, {\"brand\": \"ACME\"} or {\"price\": {\"<\": 5}}");
        if (rule.Kind == RuleKind.Pin && rule.Where is not [{ Column: "item", Comparison: Comparison.Equal or Comparison.In }])
            Bad("where", row["where"], "the item by its id, {\"item\": \"22423\"}; a promotion of several items is a slot or a quota");
        if (rule.Kind == RuleKind.Match && rule.Item is null) Bad("item", row["item"], "a column of the item table");
        if (rule.Kind == RuleKind.Match && rule.User is null) Bad("user", row["user"], "a column of the user table");
        if (rule.Kind == RuleKind.Cap && rule.Most < 0) Bad("most", row["most"], "a whole number from 0 to 1000: entries a list");
        if (rule.Kind == RuleKind.Cap && rule.Per is null && rule.Where.Count == 0) Bad("per", row["per"], "a column such as brand, or conditions in where");
        if (rule.Kind == RuleKind.Slot && rule.Positions.Count == 0) Bad("positions", row["positions"], "places on the list, [3, 8]");
        if (rule.Kind == RuleKind.Quota && rule.Least == 0) Bad("least", row["least"], "a whole number from 1 to 1000: entries a list");
        if (rule.Kind == RuleKind.Boost && rule.By == 0) Bad("by", row["by"], "a number from -10 to 10 other than 0, beside a relevance of 0 to 1");
        int bounds = (rule.Lists is null ? 0 : 1) + (rule.Share is null ? 0 : 1) + (rule.ListsPerPiece is null ? 0 : 1);
        if (rule.IsAcrossUsers && bounds != 1)
            Bad("lists", row["lists"], rule.Kind == RuleKind.Limit ? "one of lists, share and listsPerPiece" : "one of lists and share");
        if (rule.IsAcrossUsers && rule.Segments.Count > 0) Bad("segments", row["segments"], "nothing: the rule counts the lists of the whole night");
        if (rule.LessExpected && rule.ListsPerPiece is null) Bad("listsPerPiece", row["listsPerPiece"], "a number of lists for each piece that is left");
        if (rule.ListsPerPiece is not null && rule.Per is not null and not "item") Bad("per", row["per"], "item: pieces are an item's");
    }

    private void Bad(string field, JsonNode? found, string expected) =>
        Fault(_number, _name, field, found is null ? "missing" : Shown(found.ToJsonString()), expected);

    // Text of the file goes to terminals and logs: short, and on one line.
    private static string Shown(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 80 ? line : line[..77] + "...";
    }

    private static string? Text(JsonObject row, string field, int max) =>
        row[field] is JsonValue value && value.TryGetValue(out string? text) && text.Trim() is { Length: > 0 } trimmed && trimmed.Length <= max
            && !trimmed.Any(char.IsControl) ? trimmed : null;

    private double? Number(JsonObject row, string field, double min, double max, bool whole = false)
    {
        if (row[field] is not { } node) return null;
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && ItemCondition.Number(value.ToJsonString()) is var number
            && number >= min && number <= max && (!whole || number == Math.Floor(number)))
            return number;
        Bad(field, node, string.Create(CultureInfo.InvariantCulture, $"a {(whole ? "whole " : "")}number from {min} to {max}"));
        return null;
    }

    private bool Flag(JsonObject row, string field)
    {
        if (row[field] is not { } node) return false;
        if (node is JsonValue value && value.TryGetValue(out bool flag)) return flag;
        Bad(field, node, "true or false");
        return false;
    }

    private DateTime? Moment(JsonObject row, string field)
    {
        if (row[field] is not { } node) return null;
        if (node is JsonValue value && value.TryGetValue(out string? text) && DateTime.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ssZ"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            return moment;
        Bad(field, node, "a day or moment in UTC, 2026-06-01 or 2026-06-01T18:00:00");
        return null;
    }

    private List<int> Places(JsonNode? node)
    {
        if (node is null) return [];
        var places = (node as JsonArray ?? [node.DeepClone()])
            .Select(p => p is JsonValue v && v.TryGetValue(out int at) && at is >= 1 and <= 1_000 ? at : 0).ToList();
        if (places.Count is > 0 and <= 1_000 && places.TrueForAll(p => p > 0) && places.Distinct().Count() == places.Count) return places;
        Bad("positions", node, "different whole numbers from 1 to 1000, [3, 8]");
        return [];
    }

    private List<string> Texts(JsonNode? node, string field)
    {
        if (node is null) return [];
        var texts = Values(node);
        if (texts is not null) return texts;
        Bad(field, node, $"a text or an array of texts of at most {MaxText} characters");
        return [];
    }

    private List<ItemCondition> Conditions(JsonNode? node)
    {
        if (node is null) return [];
        var all = new List<ItemCondition>();
        if (node is not JsonObject conditions)
        {
            Bad("where", node, "an object of conditions, {\"brand\": \"ACME\"} or {\"price\": {\"<\": 5}}");
            return all;
        }
        foreach (var (column, wanted) in conditions)
        {
            if (wanted is not JsonObject compared)
            {
                Add(column, wanted is JsonArray ? Comparison.In : Comparison.Equal, wanted);
                continue;
            }
            foreach (var (sign, value) in compared)
            {
                if (ItemCondition.Of(sign) is { } comparison) Add(column, comparison, value);
                else Fault(_number, _name, $"where '{Shown(column)}'", $"'{Shown(sign)}'", "one of " + string.Join(", ", ItemCondition.Signs));
            }
        }
        return all;

        void Add(string column, Comparison comparison, JsonNode? value)
        {
            var values = Values(value);
            bool ordered = comparison is not (Comparison.Equal or Comparison.NotEqual or Comparison.In or Comparison.NotIn);
            if (values is null or [] || values.Count > 1 && comparison is not (Comparison.In or Comparison.NotIn))
                Bad($"where '{Shown(column)}'", value, comparison is Comparison.In or Comparison.NotIn ? "an array of values" : "one value");
            else if (ordered && double.IsNaN(ItemCondition.Number(values[0])))
                Bad($"where '{Shown(column)}'", value, "a number, since it is to be less or greater");
            else all.Add(new ItemCondition(Known(column), comparison, values));
        }
    }

    // Columns of the catalog are one name whatever their case; those of the item table are as it has them.
    private static string Known(string column) =>
        RuleItems.Own.FirstOrDefault(c => c.Equals(column, StringComparison.OrdinalIgnoreCase)) ?? column;

    private static List<string>? Values(JsonNode? node)
    {
        var values = (node is JsonArray many ? many.Select(Value) : [Value(node)]).ToList();
        return values.Count <= MaxValues && values.TrueForAll(v => v is { Length: <= MaxText }) ? [.. values.Select(v => v!)] : null;
    }

    private static string? Value(JsonNode? node) => node is JsonValue value
        ? value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>().Trim(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
            _ => null,
        }
        : null;
}
