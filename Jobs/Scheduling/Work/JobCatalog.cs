using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling.Work;

/// <summary>The jobs of this host by name.</summary>
internal sealed class JobCatalog(IEnumerable<IJob> jobs)
{
    private readonly Dictionary<string, IJob> _jobs = jobs.ToDictionary(j => j.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _jobs.Keys;

    /// <exception cref="ConfigurationException">There is no job of that name.</exception>
    public IJob this[string name]
    {
        get
        {
            if (_jobs.TryGetValue(name, out var job)) return job;
            string nearest = NearestName.Of(name, Names) is { } known ? $"; the nearest is '{known}'" : "";
            throw new ConfigurationException($"unknown job '{name}'{nearest}; expected one of {string.Join(", ", Names)}");
        }
    }
}
