namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// Which versions stay for rollback: the newest nights, and as many of the deltas since the last of them. Deltas push no night out; those before the newest
/// night went with it. Rejected versions go with their age, the current one never.
/// </summary>
internal static class VersionRetention
{
    /// <param name="versions">All of them, newest first.</param>
    /// <param name="keep">Nights that stay, 1 or more.</param>
    /// <returns>Those that go, newest first.</returns>
    public static IReadOnlyList<VersionRecord> Over(IReadOnlyList<VersionRecord> versions, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var gone = new List<VersionRecord>();
        int nights = 0, deltas = 0;
        foreach (var version in versions)
        {
            bool isDelta = version.Base is not null;
            bool isOver = isDelta ? nights > 0 || deltas >= keep : nights >= keep;
            if (isOver && version.State != VersionState.Current) gone.Add(version);
            else if (version.IsComplete && isDelta) deltas++;
            else if (version.IsComplete) nights++;
        }
        return gone;
    }
}
