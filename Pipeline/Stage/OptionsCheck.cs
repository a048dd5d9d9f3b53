using System.Globalization;
using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Stage;

/// <summary>An options class that can say what is wrong with its values.</summary>
public interface IStageOptions
{
    void Validate(OptionsCheck check);
}

/// <summary>Gathers every fault of a configuration section under its key's path, so that one start shows them all.</summary>
public sealed class OptionsCheck(string section)
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public OptionsCheck Require(bool holds, object? found, string expected, [CallerArgumentExpression(nameof(found))] string key = "")
    {
        if (!holds) _faults.Add($"{section}:{key} is {Show(found)}; expected {expected}");
        return this;
    }

    public OptionsCheck InRange(double found, double min, double max, [CallerArgumentExpression(nameof(found))] string key = "") =>
        Require(found >= min && found <= max, found, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), key);

    public OptionsCheck NotEmpty(string? found, string expected, [CallerArgumentExpression(nameof(found))] string key = "") =>
        Require(!string.IsNullOrWhiteSpace(found), found, expected, key);

    /// <summary>A fault of a file that an option names, in its own words.</summary>
    public OptionsCheck Fault(string message)
    {
        _faults.Add(message);
        return this;
    }

    /// <summary>Takes the faults of options that are a subsection under <paramref name="key"/>.</summary>
    public OptionsCheck Nested(IStageOptions found, [CallerArgumentExpression(nameof(found))] string key = "")
    {
        var inner = new OptionsCheck($"{section}:{key}");
        found.Validate(inner);
        _faults.AddRange(inner._faults);
        return this;
    }

    /// <summary>Throws one <see cref="ConfigurationException"/> that lists all faults.</summary>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0) throw new ConfigurationException(string.Join(Environment.NewLine, _faults));
    }

    private static string Show(object? found) => found switch
    {
        null => "missing",
        string s => $"'{s}'",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => found.ToString() ?? "missing",
    };
}
