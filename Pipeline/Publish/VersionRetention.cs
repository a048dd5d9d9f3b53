namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// Which versions stay for rollback: the newest nights, and as many of the deltas since the last of them. Deltas push no night out; those before the newest
/// night went with it. Rejected versions go with their age, the current one never, nor one that feedback may still be joined to.
/// </summary>
internal static class VersionRetention
{
    /// <param name="versions">All of them, newest first.</param>
    /// <param name="keep">Nights that stay, 1 or more.</param>
    /// <param name="mayBeJoined">Whether a complete version that ceased to be current at that moment has to stay nonetheless; null: none has.</param>
    /// <returns>Those that go, newest first.</returns>
    public static IReadOnlyList<VersionRecord> Over(
        IReadOnlyList<VersionRecord> versions, int keep, Func<VersionRecord, DateTimeOffset, bool>? mayBeJoined = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var gone = new List<VersionRecord>();
        int nights = 0, deltas = 0;
        // When the version at hand was followed by the next one, and when by the next that was not rolled back to it or beyond.
        DateTimeOffset followed = DateTimeOffset.MaxValue, replaced = DateTimeOffset.MaxValue;
        foreach (var version in versions)
        {
            var ended = version.RolledBack ? followed : replaced;
            if (version.IsComplete) followed = version.Created;
            if (version is { IsComplete: true, RolledBack: false }) replaced = version.Created;
            bool isDelta = version.Base is not null;
            bool isOver = isDelta ? nights > 0 || deltas >= keep : nights >= keep;
            if (isOver && version.State != VersionState.Current && !Stays(version, ended)) gone.Add(version);
            else if (version.IsComplete && isDelta) deltas++;
            else if (version.IsComplete) nights++;
        }
        return gone;

        bool Stays(VersionRecord version, DateTimeOffset ended) => version.IsComplete && mayBeJoined?.Invoke(version, ended) == true;
    }
}
