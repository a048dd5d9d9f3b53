using System.Reflection;
using Recsys.Batch.Jobs.Configuration;

namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>How many values stand under an option's name.</summary>
internal enum OptionShape
{
    One,
    List,
    Map,
}

/// <summary>One key that configuration may set.</summary>
/// <param name="Path">As <c>Train:Als:Rank</c>; <c>N</c> stands for the index in a list and <c>NAME</c> for a name in a dictionary.</param>
/// <param name="Type">The type of the value, or of each value of a list or dictionary; nullable types are unwrapped.</param>
/// <param name="Default">The property's value in a new instance.</param>
internal sealed record OptionKey(string Path, PropertyInfo Property, Type Type, OptionShape Shape, object? Default)
{
    public bool IsSection => !ScalarText.IsScalar(Type);
}

/// <summary>A section or subsection with the keys right below it, in the order of declaration.</summary>
/// <param name="Path">Where it is documented.</param>
/// <param name="Others">Where else sections of the same type stand.</param>
/// <param name="Defaults">The instance whose values are the defaults.</param>
internal sealed record OptionSection(string Path, Type Type, object Defaults, IReadOnlyList<OptionKey> Keys, IReadOnlyList<string> Others);

/// <summary>
/// All that configuration may set below a number of sections, found as <see cref="StrictBinder"/> finds it. A type of section that stands in several places is
/// documented at the first one; where its places lie side by side in one section, at that section's <c>NAME</c>.
/// </summary>
internal sealed class OptionTree
{
    public const string Name = "NAME";

    private readonly Dictionary<Type, List<string>> _places = [];
    private readonly Dictionary<Type, OptionSection> _documented = [];
    private readonly List<OptionSection> _sections = [];

    /// <param name="roots">Objects whose properties are the sections.</param>
    public OptionTree(params IReadOnlyList<object> roots)
    {
        foreach (var (path, type, _) in roots.SelectMany(Roots)) Count(path, type);
        foreach (var (path, type, instance) in roots.SelectMany(Roots)) Walk(path, type, instance);
    }

    /// <summary>Each before its subsections.</summary>
    public IReadOnlyList<OptionSection> Sections => _sections;

    /// <summary>The section that documents a type.</summary>
    public OptionSection Of(Type type) => _documented[type];

    /// <summary>Whether the type's places lie side by side, so that only the keys that hold it tell them apart.</summary>
    public bool AreSiblings(Type type) => _places[type] is [var first, var second, ..] && Parent(first) == Parent(second);

    /// <summary>What a page calls the member with a documentation id: its key where it has one, else the last part of its name.</summary>
    public string NameOf(string id) =>
        _sections.Where(s => XmlSummaries.Id(s.Type) == id).Select(s => s.Path)
            .Concat(_sections.SelectMany(s => s.Keys).Where(k => XmlSummaries.Id(k.Property) == id).Select(k => k.Path))
            .FirstOrDefault() ?? id[(id.LastIndexOf('.') + 1)..];

    private static IEnumerable<(string Path, Type Type, object Instance)> Roots(object root) =>
        StrictBinder.Settable(root.GetType()).Select(p => Entry(p, p.Name, p.GetValue(root)) is var key && key.Shape == OptionShape.One
            ? (key.Path, key.Type, key.Default!)
            : (key.Path, key.Type, New(key.Type)));

    private void Count(string path, Type type)
    {
        if (!_places.TryGetValue(type, out var places)) _places[type] = places = [];
        places.Add(path);
        foreach (var key in Keys(path, type, New(type)).Where(k => k.IsSection)) Count(key.Path, key.Type);
    }

    private void Walk(string path, Type type, object instance)
    {
        if (_documented.ContainsKey(type)) return;
        if (AreSiblings(type)) (path, instance) = ($"{Parent(path)}:{Name}", New(type));
        var section = new OptionSection(path, type, instance, Keys(path, type, instance), _places[type][1..]);
        _documented[type] = section;
        _sections.Add(section);
        foreach (var key in section.Keys.Where(k => k.IsSection))
            Walk(key.Path, key.Type, key.Shape == OptionShape.One && key.Default is { } given ? given : New(key.Type));
    }

    /// <summary>What a base class declares comes first. A section without a key has nothing to say.</summary>
    private static List<OptionKey> Keys(string path, Type type, object instance) =>
        [.. StrictBinder.Settable(type)
            .Select(p => Entry(p, $"{path}:{p.Name}", p.GetValue(instance)))
            .Where(k => !k.IsSection || StrictBinder.Settable(k.Type).Count > 0)
            .OrderBy(k => Depth(k.Property.DeclaringType!))];

    private static int Depth(Type type) => type.BaseType is { } above ? Depth(above) + 1 : 0;

    private static OptionKey Entry(PropertyInfo property, string path, object? value)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (ScalarText.IsScalar(type)) return new OptionKey(path, property, type, OptionShape.One, value);
        if (StrictBinder.DictionaryValue(type) is { } entry) return new OptionKey($"{path}:{Name}", property, entry, OptionShape.Map, value);
        if (StrictBinder.ListEntry(type) is { } element) return new OptionKey($"{path}:N", property, element, OptionShape.List, value);
        return new OptionKey(path, property, type, OptionShape.One, value);
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf(':'))];

    private static object New(Type type) => Activator.CreateInstance(type)
        ?? throw new NotSupportedException($"{type} has no constructor without parameters, so it has no defaults to show");
}
