using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks;

/// <summary>A night, as far as a stage, whose folder is read and then deleted.</summary>
internal static class TemporaryNight
{
    /// <param name="config">A night's configuration.</param>
    /// <param name="last">The stage to run up to.</param>
    /// <param name="change">What the benchmark sets beyond <paramref name="settings"/>; null: nothing.</param>
    /// <param name="read">Is given the options and the run's folder, in which each stage has one of its own.</param>
    public static T Of<T>(string config, string last, IEnumerable<string> settings, Action<PipelineOptions>? change, Func<PipelineOptions, string, T> read)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-benchmark-").FullName;
        try
        {
            var options = Settings.Night(new SettingsLayers().AddFile(Path.GetFullPath(config)).AddAssignments([$"Publish:Path={folder}", .. settings]).Root);
            change?.Invoke(options);
            var report = NightlyRun.RunAsync(options, new RunRequest(last), NoObserver.Instance, TimeProvider.System).GetAwaiter().GetResult();
            return read(options, Path.Combine(folder, "runs", report.RunId));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
