namespace Recsys.Batch.Pipeline.Storage;

/// <summary>What a server says of itself and of the rights of who connects.</summary>
/// <param name="Version">As the server writes it.</param>
/// <param name="MayWrite">Tables may be made in the schema, or the schema where there is none yet.</param>
/// <param name="Parts">Schema version of each part that was ever made.</param>
internal sealed record PostgresServerFacts(string Version, int Major, string User, bool MayWrite, IReadOnlyDictionary<string, int> Parts)
{
    /// <summary>Partitions are detached without a lock on readers since that version.</summary>
    public const int OldestMajor = 14;

    public bool IsNewEnough => Major >= OldestMajor;
}
