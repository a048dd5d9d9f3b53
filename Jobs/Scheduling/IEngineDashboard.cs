namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Pages that an engine brings of its own, in a host that can show them.</summary>
internal interface IEngineDashboard
{
    string Name { get; }

    /// <summary>Where it begins, below the host's root.</summary>
    string Address { get; }

    /// <summary>The address of its page about a job; null where it has none, or none any more.</summary>
    string? PageOf(string jobId);

    void Map(IEndpointRouteBuilder app);
}
