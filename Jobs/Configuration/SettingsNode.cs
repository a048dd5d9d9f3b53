namespace Recsys.Batch.Jobs.Configuration;

/// <summary>
/// One key of the configuration with everything below it. Keys compare without case. A value knows its source, so that a
/// fault can say where to mend it.
/// </summary>
internal sealed class SettingsNode(string path)
{
    public const char Separator = ':';

    private static readonly string[] Secrets = ["connection", "conection", "password", "pwd", "secret", "token", "hash", "apikey", "privacy:key", "header"];

    private readonly Dictionary<string, SettingsNode> _children = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _order = [];

    /// <summary><c>Section:Key</c>, as it was first written; empty for the root.</summary>
    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf(Separator) + 1)..];

    /// <summary>The scalar as text; null for JSON's null and for keys that only hold others.</summary>
    public string? Value { get; private set; }

    /// <summary>The value as messages may show it: not where its key or the value itself speaks of a secret.</summary>
    public string? Shown =>
        Value is null || !Secrets.Any(s => Path.Contains(s, StringComparison.OrdinalIgnoreCase) || Value.Contains(s + "=", StringComparison.OrdinalIgnoreCase))
            ? Value
            : "(hidden)";

    /// <summary>Where the value, or for a list its entries, came from.</summary>
    public string Source { get; private set; } = "";

    /// <summary>Whether the key was given a scalar (which may be null), as against keys below it.</summary>
    public bool IsScalar { get; private set; }

    /// <summary>Whether the key was written as a list.</summary>
    public bool IsList { get; private set; }

    /// <summary>Keys below, in the order in which they were first written.</summary>
    public IEnumerable<SettingsNode> Children => _order.Select(name => _children[name]);

    public SettingsNode? Find(string name) => _children.GetValueOrDefault(name);

    public void SetScalar(string? value, string source)
    {
        Clear();
        (Value, Source, IsScalar) = (value, source, true);
    }

    /// <summary>Starts a list again: a later source replaces an earlier list as a whole, it never mixes with it.</summary>
    public void StartList(string source)
    {
        Clear();
        (Source, IsList) = (source, true);
    }

    /// <summary>The node of <paramref name="name"/> below this one, made if it is new.</summary>
    public SettingsNode Child(string name, string source)
    {
        if (IsScalar) Clear();
        Source = source;
        if (_children.TryGetValue(name, out var child)) return child;
        child = new SettingsNode(Path.Length == 0 ? name : Path + Separator + name);
        _children.Add(name, child);
        _order.Add(name);
        return child;
    }

    /// <summary>A tree of its own with the same keys and values.</summary>
    public SettingsNode Copy()
    {
        var copy = new SettingsNode(Path) { Value = Value, Source = Source, IsScalar = IsScalar, IsList = IsList };
        foreach (string name in _order)
        {
            copy._children.Add(name, _children[name].Copy());
            copy._order.Add(name);
        }
        return copy;
    }

    private void Clear()
    {
        _children.Clear();
        _order.Clear();
        (Value, IsScalar, IsList) = (null, false, false);
    }
}
