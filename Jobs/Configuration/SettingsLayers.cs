using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>
/// Reads the sources of configuration into one tree, later over earlier: JSON files, environment variables
/// (<c>RECSYS_Section__Key</c>), <c>--set Section:Key=value</c>. Lists are replaced as a whole, other keys one by one.
/// </summary>
internal sealed class SettingsLayers
{
    public const string EnvironmentPrefix = "RECSYS_";

    private const string EnvironmentSeparator = "__";

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    public SettingsLayers(SettingsNode? root = null) => Root = root ?? new SettingsNode("");

    public SettingsNode Root { get; }

    /// <summary>
    /// Adds a JSON file, in which <c>"Section:Key"</c> is the same as a key in a section. A string in it that starts with <c>./</c> or <c>../</c> is a path
    /// from that file's folder.
    /// </summary>
    public SettingsLayers AddFile(string path)
    {
        string source = System.IO.Path.GetFileName(path);
        try
        {
            using var document = JsonDocument.Parse(SettingsText.Of(path, File.ReadAllBytes(path)), Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ConfigurationException($"{path}: the file holds a JSON {Kind(document.RootElement)}; expected an object of sections");
            AddJson(Root, document.RootElement, source, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{path}: this is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"{path}: the configuration file cannot be read: "
                + $"{e.Message.TrimEnd('.')}{(e is UnauthorizedAccessException ? $"; grant user '{Environment.UserName}' the right to read it" : "")}",
                e);
        }
        return this;
    }

    /// <summary>Adds variables named <c>RECSYS_Section__Key</c>; variables without a double underscore are not configuration.</summary>
    public SettingsLayers AddEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var lists = new HashSet<SettingsNode>();
        foreach (var (name, value) in variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) || !name.Contains(EnvironmentSeparator, StringComparison.Ordinal))
                continue;
            string key = name[EnvironmentPrefix.Length..].Replace(EnvironmentSeparator, ":", StringComparison.Ordinal);
            SetPath(key, value, $"environment variable {name}", lists);
        }
        return this;
    }

    /// <summary>
    /// Adds assignments <c>Section:Key=value</c> in their order. Entries of a list are <c>Section:List:0=a</c>, <c>Section:List:1=b</c>, which replace it;
    /// <c>Section:List:0:Key=a</c> changes one key of one entry.
    /// </summary>
    public SettingsLayers AddAssignments(IEnumerable<string> assignments)
    {
        var lists = new HashSet<SettingsNode>();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? assignment : assignment[..equals];
            if (equals <= 0 || key.Split(SettingsNode.Separator).Any(string.IsNullOrWhiteSpace))
                throw new ConfigurationException($"--set is '{assignment}'; expected Section:Key=value, for example --set Runs:Threads=2");
            SetPath(key, assignment[(equals + 1)..], "--set", lists);
        }
        return this;
    }

    private void SetPath(string key, string value, string source, HashSet<SettingsNode> lists)
    {
        var node = Root;
        var parts = key.Split(SettingsNode.Separator);
        for (int i = 0; i < parts.Length; i++)
        {
            bool isWholeEntry = i == parts.Length - 1 && IsIndex(parts[i]);
            if (isWholeEntry && node.IsList && lists.Add(node)) node.StartList(source);
            node = node.Child(parts[i].Trim(), source);
        }
        node.SetScalar(value, source);
    }

    private static void AddJson(SettingsNode node, JsonElement element, string source, string folder)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    AddJson(
                        property.Name.Split(SettingsNode.Separator).Aggregate(node, (at, name) => at.Child(name.Trim(), source)),
                        property.Value, source, folder);
                }
                break;
            case JsonValueKind.Array:
                node.StartList(source);
                int index = 0;
                foreach (var entry in element.EnumerateArray())
                    AddJson(node.Child(index++.ToString(CultureInfo.InvariantCulture), source), entry, source, folder);
                break;
            case JsonValueKind.Null:
                node.SetScalar(null, source);
                break;
            case JsonValueKind.String:
                node.SetScalar(Resolve(element.GetString()!, folder), source);
                break;
            default:
                node.SetScalar(element.GetRawText(), source);
                break;
        }
    }

    private static string Resolve(string value, string folder) =>
        value.StartsWith("./", StringComparison.Ordinal) || value.StartsWith("../", StringComparison.Ordinal)
            ? System.IO.Path.GetFullPath(value, folder)
            : value;

    private static bool IsIndex(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();
}
