using System.Collections;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>Options with some values replaced, by the keys that configuration has for them.</summary>
internal static class OptionPath
{
    private static readonly JsonSerializerOptions s_json = new() { PreferredObjectCreationHandling = JsonObjectCreationHandling.Replace };

    /// <summary>A copy of <paramref name="options"/> with <paramref name="settings"/> in place; the original stays as it is.</summary>
    /// <exception cref="ConfigurationException">A key names no option, or its option is of a type that is not tuned.</exception>
    public static TrainOptions With(TrainOptions options, IReadOnlyDictionary<string, string> settings)
    {
        var copy = JsonSerializer.Deserialize<TrainOptions>(JsonSerializer.SerializeToUtf8Bytes(options, s_json), s_json)!;
        foreach (var (key, value) in settings) Set(copy, key, value);
        return copy;
    }

    /// <summary>An option as configuration would write it.</summary>
    public static string Get(object section, string key) => TypeDescriptor.GetConverter(
        Property(section, key)?.PropertyType ?? throw Unknown(key, key)).ConvertToInvariantString(Property(section, key)!.GetValue(section)) ?? "";

    /// <summary>The options of a section that differ from another's, by key and as configuration would write them; lists and sections are left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Differing(object section, object from) => section.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.CanWrite && TypeDescriptor.GetConverter(p.PropertyType).CanConvertFrom(typeof(string)) && !Equals(p.GetValue(section), p.GetValue(from)))
        .Select(p => KeyValuePair.Create(p.Name, Get(section, p.Name)));

    private static void Set(object section, string key, string value)
    {
        string[] parts = key.Split(':');
        for (int at = 0; at + 1 < parts.Length; at++)
        {
            section = section switch
            {
                // A race names members that the configuration does not have.
                IDictionary<string, MemberOptions> members => members.TryGetValue(parts[at], out var member) ? member
                    : parts[^1] == nameof(MemberOptions.Algorithm) && at + 2 == parts.Length ? members[parts[at]] = new MemberOptions()
                    : throw Unknown(key, parts[at]),
                IDictionary entries => entries[parts[at]],
                _ => Property(section, parts[at])?.GetValue(section),
            } ?? throw Unknown(key, parts[at]);
        }
        var property = Property(section, parts[^1]) ?? throw Unknown(key, parts[^1]);
        var converter = TypeDescriptor.GetConverter(property.PropertyType);
        if (!property.CanWrite || !converter.CanConvertFrom(typeof(string)) || !converter.IsValid(value))
            throw new ConfigurationException($"Tune:Space: Train:{key} cannot be set to '{value}'; expected a value of {property.PropertyType.Name}");
        property.SetValue(section, converter.ConvertFromInvariantString(value));
    }

    private static PropertyInfo? Property(object section, string name) => section.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance);

    private static ConfigurationException Unknown(string key, string part) =>
        new($"Tune:Space: Train:{key} names no option: there is no '{part}'; expected a key as in a configuration file, such as Ease:Regularization");
}
