using System.Globalization;

namespace Recsys.Batch.Benchmarks;

/// <summary>--name value pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                throw new ArgumentException($"expected --name value, found '{args[i]}'");
            parsed._values[args[i][2..]] = args[i + 1];
        }
        return parsed;
    }

    public string Text(string name, string? otherwise = null) =>
        _values.GetValueOrDefault(name) ?? otherwise ?? throw new ArgumentException($"--{name} is missing");

    public string? Optional(string name) => _values.GetValueOrDefault(name);

    public int Int(string name, int otherwise) => _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public double Double(string name, double otherwise) =>
        _values.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public int[] Ints(string name, int[] otherwise) =>
        _values.TryGetValue(name, out var text) ? [.. text.Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture))] : otherwise;
}
