using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>All sections of a night's configuration; the property's name is the section's.</summary>
public sealed class NightOptions
{
    public MaterializeOptions Materialize { get; set; } = new();

    public PublishOptions Publish { get; set; } = new();

    public RunsOptions Runs { get; set; } = new();

    /// <summary>Every section under its name, for binding and printing.</summary>
    public IReadOnlyDictionary<string, IStageOptions> Sections() => new Dictionary<string, IStageOptions>(StringComparer.Ordinal)
    {
        [nameof(Materialize)] = Materialize,
        [nameof(Publish)] = Publish,
        [nameof(Runs)] = Runs,
    };

    /// <exception cref="ConfigurationException">One message with every fault of every section, each under its key's path.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        foreach (var (name, section) in Sections())
        {
            var check = new OptionsCheck(name);
            section.Validate(check);
            faults.AddRange(check.Faults);
        }
        if (faults.Count > 0) throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }
}
