namespace Recsys.Batch.Jobs.Access;

/// <summary>What pages and endpoints may want to know of the host that they run in.</summary>
/// <param name="OpenAccess">Development without users and keys: everyone on this machine is an operator. Pages say so.</param>
/// <param name="OutputFolder">Full path.</param>
/// <param name="DataFolder">Full path of what is this host's own: keys of sessions and pseudonyms.</param>
/// <param name="Node">This host, as jobs, runs and leases name it.</param>
internal sealed record HostInfo(bool OpenAccess, string OutputFolder, string DataFolder, string Node, ServeOptions Options);
