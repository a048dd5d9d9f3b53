using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>
/// Binds a settings tree onto an options object, key by key. A key that the options lack, a value of another type or a missing entry is a
/// fault with the key's path, the value found, its source, what was expected and the nearest known key; all faults are gathered.
/// </summary>
/// <param name="retired">Keys that the options lack and that are no faults; none by default.</param>
/// <param name="renamed">Keys that may still be written under their old names; none by default.</param>
internal sealed class StrictBinder(RetiredKeys? retired = null, RenamedKeys? renamed = null)
{
    private readonly List<(string Path, string Message)> _faults = [];

    /// <summary>Path and message of every fault, in the order of the options' keys.</summary>
    public IReadOnlyList<(string Path, string Message)> Faults => _faults;

    /// <summary>
    /// Sets every property of <paramref name="targets"/> that <paramref name="node"/> speaks of; the others keep their defaults. A key must belong to one of
    /// the targets.
    /// </summary>
    public void Bind(SettingsNode node, params IReadOnlyList<object> targets)
    {
        var properties = targets.SelectMany(t => Settable(t.GetType()).Select(p => (Target: t, Property: p))).ToList();
        foreach (var child in node.Children)
        {
            string key = renamed?.NameOf(child) ?? child.Name;
            if (key != child.Name && node.Find(key) is { } other)
            {
                Fault(child, $"{child.Path}{From(child)} and {other.Path}{From(other)} are one key, which was renamed; remove the first");
                continue;
            }
            var (target, property) = properties.FirstOrDefault(p => p.Property.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                Unknown(child, node, properties.Select(p => p.Property.Name));
                continue;
            }
            object? before = property.GetValue(target);
            if (!TryRead(child, property.PropertyType, before, out object? value)) continue;
            if (property.CanWrite) property.SetValue(target, value);
        }
    }

    /// <summary>Names that configuration may set on <paramref name="type"/>, in the order of declaration.</summary>
    internal static List<PropertyInfo> Settable(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && (p.SetMethod is { IsPublic: true } || IsSection(p.PropertyType)))];

    private bool TryRead(SettingsNode node, Type declared, object? before, out object? value)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (ScalarText.IsScalar(type)) return TryScalar(node, type, declared, out value);
        if (DictionaryValue(type) is { } entryType) return TryDictionary(node, type, entryType, before, out value);
        if (ListEntry(type) is { } elementType) return TryList(node, type, elementType, out value);
        return TrySection(node, type, before, out value);
    }

    private bool TryScalar(SettingsNode node, Type type, Type declared, out object? value)
    {
        value = null;
        if (!node.IsScalar) return Fault(node, $"{node.Path} is {Shape(node)}{From(node)}; expected {ScalarText.Expected(type)}");
        if (node.Value is null)
            return !type.IsValueType || declared != type || Fault(node, $"{node.Path} is null{From(node)}; expected {ScalarText.Expected(type)}");
        // On a command line and in the environment there is no null but the empty text.
        if (node.Value.Length == 0 && declared != type) return true;
        if (ScalarText.TryParse(type, node.Value, out value)) return true;
        string nearest = type.IsEnum && NearestName.Of(node.Value, Enum.GetNames(type)) is { } name ? $" (the nearest is {name})" : "";
        return Fault(node, $"{node.Path} is '{node.Value}'{From(node)}; expected {ScalarText.Expected(type)}{nearest}");
    }

    private bool TryDictionary(SettingsNode node, Type type, Type entryType, object? before, out object? value)
    {
        // A class of its own brings its own comparer.
        var made = (IDictionary)(type is { IsInterface: false, IsGenericType: false }
            ? Activator.CreateInstance(type)!
            : Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), entryType), StringComparer.Ordinal)!);
        value = made;
        if (node.IsScalar && !string.IsNullOrEmpty(node.Value))
            return Fault(node, $"{node.Path} is '{node.Shown}'{From(node)}; expected keys with values below it");
        if (before is IDictionary old && !node.IsScalar) foreach (DictionaryEntry entry in old) made[entry.Key] = entry.Value;
        foreach (var child in ScalarText.IsScalar(Nullable.GetUnderlyingType(entryType) ?? entryType) ? Leaves(node) : node.Children)
        {
            // A key with colons, such as a setting's in a schedule's Set, lies some levels down.
            string key = child.Path[(node.Path.Length + 1)..];
            // Null takes an entry of an earlier source out.
            if (child is { IsScalar: true, Value: null }) made.Remove(key);
            else if (TryRead(child, entryType, made.Contains(key) ? made[key] : null, out object? entry)) made[key] = entry;
        }
        return true;
    }

    private static IEnumerable<SettingsNode> Leaves(SettingsNode node) => node.Children.SelectMany(c => c.IsScalar || !c.Children.Any() ? [c] : Leaves(c));

    private bool TryList(SettingsNode node, Type type, Type elementType, out object? value)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        value = list;
        if (node.IsScalar && !string.IsNullOrEmpty(node.Value))
            return Fault(node, $"{node.Path} is '{node.Value}'{From(node)}; expected a list: [ ... ] in a file, {node.Path}:0=... with --set");
        int next = 0;
        foreach (var child in node.Children)
        {
            if (child.Name != next.ToString(System.Globalization.CultureInfo.InvariantCulture))
                return Fault(child, $"{child.Path}{From(child)} is not an entry of the list {node.Path}; expected {node.Path}:{next}");
            next++;
            if (TryRead(child, elementType, null, out object? entry)) list.Add(entry);
        }
        if (!type.IsArray) return true;
        var array = Array.CreateInstance(elementType, list.Count);
        list.CopyTo(array, 0);
        value = array;
        return true;
    }

    private bool TrySection(SettingsNode node, Type type, object? before, out object? value)
    {
        value = null;
        if (node is { IsScalar: true, Value: null } && before is null) return true;
        if (node.IsScalar || node.IsList) return Fault(node, $"{node.Path} is {Shape(node)}{From(node)}; expected a section with {Names(type)}");
        if (before is null && type.GetConstructor(Type.EmptyTypes) is null) return TryRecord(node, type, out value);
        value = before ?? Activator.CreateInstance(type)!;
        if (before is null) Missing(node, Settable(type).Where(p => p.IsDefined(typeof(RequiredMemberAttribute))).Select(p => (p.Name, p.PropertyType)));
        Bind(node, value);
        return true;
    }

    private bool TryRecord(SettingsNode node, Type type, out object? value)
    {
        value = null;
        int faults = _faults.Count;
        var parameters = type.GetConstructors()[0].GetParameters();
        foreach (var child in node.Children)
            if (!parameters.Any(p => p.Name!.Equals(child.Name, StringComparison.OrdinalIgnoreCase)))
                Unknown(child, node, parameters.Select(p => Pascal(p.Name!)));
        Missing(node, parameters.Where(p => !p.HasDefaultValue).Select(p => (Pascal(p.Name!), p.ParameterType)));
        var arguments = new object?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            var child = node.Find(parameters[i].Name!);
            if (child is null) arguments[i] = parameters[i].HasDefaultValue ? parameters[i].DefaultValue : null;
            else TryRead(child, parameters[i].ParameterType, null, out arguments[i]);
        }
        if (_faults.Count > faults) return false;
        value = type.GetConstructors()[0].Invoke(arguments);
        return true;
    }

    private void Missing(SettingsNode node, IEnumerable<(string Name, Type Type)> required)
    {
        foreach (var (name, type) in required)
            if (node.Find(name) is null)
                Fault(node, $"{node.Path}:{name} is missing{From(node)}; expected {(ScalarText.IsScalar(type) ? ScalarText.Expected(type) : "a value")}");
    }

    private void Unknown(SettingsNode node, SettingsNode parent, IEnumerable<string> known)
    {
        if (retired?.Holds(node.Path) == true) return;
        var names = known.ToList();
        string where = parent.Path.Length == 0 ? "the configuration" : parent.Path;
        string found = node.IsScalar ? $"{node.Path} = '{node.Shown}'" : node.Path;
        string prefix = parent.Path.Length == 0 ? "" : parent.Path + SettingsNode.Separator;
        string nearest = NearestName.Of(node.Name, names) is { } name ? $"; the nearest known key is {prefix}{name}" : "";
        Fault(node, $"{found}{From(node)} is not a key of {where}{nearest}; it knows {string.Join(", ", names.Order(StringComparer.Ordinal))}");
    }

    private bool Fault(SettingsNode node, string message)
    {
        _faults.Add((node.Path, message));
        return false;
    }

    private static string From(SettingsNode node) => node.Source.Length == 0 ? "" : $" (from {node.Source})";

    private static string Shape(SettingsNode node) => node.IsScalar ? node.Value is null ? "null" : $"'{node.Shown}'" : node.IsList ? "a list" : "a section";

    private static string Names(Type type) => string.Join(", ", Settable(type).Select(p => p.Name));

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static bool IsSection(Type type) => type.IsClass && !ScalarText.IsScalar(type) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>The type of a dictionary's values, null where <paramref name="type"/> is not a dictionary by names.</summary>
    internal static Type? DictionaryValue(Type type) =>
        Generic(type, typeof(IReadOnlyDictionary<,>)) is { } map && map.GetGenericArguments()[0] == typeof(string) ? map.GetGenericArguments()[1]
        : Generic(type, typeof(IDictionary<,>)) is { } other && other.GetGenericArguments()[0] == typeof(string) ? other.GetGenericArguments()[1] : null;

    /// <summary>The type of a list's entries, null where <paramref name="type"/> is not a list.</summary>
    internal static Type? ListEntry(Type type) => type.IsArray ? type.GetElementType() : Generic(type, typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static Type? Generic(Type type, Type open) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == open
            ? type
            : type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == open);
}
