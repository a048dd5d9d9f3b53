using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>Rows of one log file as they were read, with ids of their own: what a later run takes instead of reading the file again.</summary>
internal static class FeedbackRowsFile
{
    /// <param name="first">The file's rows are those from here to the last one.</param>
    public static void Write(string path, FeedbackRows rows, int first)
    {
        int count = rows.Count - first;
        var (users, items, versions) = (new IdMap(), new IdMap(), new IdMap(16));
        var (user, item, version) = (new int[count], new int[count], new int[count]);
        for (int r = 0; r < count; r++)
        {
            if (rows.Statuses[first + r] != FeedbackStatus.Joined) continue;
            user[r] = users.Add(rows.UserIds[rows.Users[first + r]]);
            item[r] = items.Add(rows.ItemIds[rows.Items[first + r]]);
            version[r] = versions.Add(rows.VersionIds[rows.Versions[first + r]]);
        }
        using var to = new ArtifactWriter(path);
        to.Write("user ids", users).Write("item ids", items).Write("version ids", versions)
            .Write("users", user).Write("items", item).Write("versions", version)
            .Write<int>("ranks", rows.Ranks.AsSpan(first, count)).Write<long>("times", rows.Times.AsSpan(first, count))
            .Write<byte>("scales", rows.Scales.AsSpan(first, count))
            .Write<byte>("kinds", Array.ConvertAll(rows.Kinds[first..rows.Count], k => (byte)k))
            .Write<byte>("statuses", Array.ConvertAll(rows.Statuses[first..rows.Count], s => (byte)s));
        to.Complete();
    }

    /// <summary>Appends the rows; ids get the numbers that reading the file would have given them.</summary>
    /// <exception cref="Errors.ArtifactException">The file is missing or damaged; nothing was appended.</exception>
    public static void Append(string path, FeedbackRows rows)
    {
        var from = new ArtifactReader(path);
        var (userIds, itemIds, versionIds) = (from.ReadIds("user ids"), from.ReadIds("item ids"), from.ReadIds("version ids"));
        var (users, items, versions) = (from.Read<int>("users"), from.Read<int>("items"), from.Read<int>("versions"));
        var (ranks, times, scales) = (from.Read<int>("ranks"), from.Read<long>("times"), from.Read<byte>("scales"));
        var (kinds, statuses) = (from.Read<byte>("kinds"), from.Read<byte>("statuses"));
        var (user, item, version) = (Added(rows.UserIds, userIds), Added(rows.ItemIds, itemIds), Added(rows.VersionIds, versionIds));
        for (int r = 0; r < statuses.Length; r++)
        {
            int at = rows.Count++;
            rows.Statuses[at] = (FeedbackStatus)statuses[r];
            rows.Kinds[at] = (FeedbackKind)kinds[r];
            if (rows.Statuses[at] != FeedbackStatus.Joined) continue;
            (rows.Users[at], rows.Items[at], rows.Versions[at]) = (user[users[r]], item[items[r]], version[versions[r]]);
            (rows.Ranks[at], rows.Times[at], rows.Scales[at]) = (ranks[r], times[r], scales[r]);
        }
    }

    // A file's own ids are in the order of their first rows, as reading would have met them.
    private static int[] Added(IdMap to, IdMap from)
    {
        var indices = new int[from.Count];
        for (int i = 0; i < indices.Length; i++) indices[i] = to.Add(from[i]);
        return indices;
    }
}
