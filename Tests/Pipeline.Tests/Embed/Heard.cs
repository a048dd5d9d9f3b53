using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed;

/// <summary>Keeps what a stage says.</summary>
internal sealed class Heard : IStageProgress
{
    public List<(string Name, long Done, long Total, string Unit)> Steps { get; } = [];

    public Dictionary<string, double> Metrics { get; } = [];

    public List<string> Notes { get; } = [];

    public Action<long>? OnStep { get; init; }

    public void Step(string step, long done, long total, string unit)
    {
        Steps.Add((step, done, total, unit));
        OnStep?.Invoke(done);
    }

    public void Metric(string name, double value) => Metrics[name] = value;

    public void Note(string message) => Notes.Add(message);
}
