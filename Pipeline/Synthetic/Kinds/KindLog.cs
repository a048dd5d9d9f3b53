using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>
/// Makes the log of a kind and writes it: <c>events/2026-01-01.parquet</c>, one file a day (user_id, item_id int64; event_time microseconds UTC; rating int64
/// where events are ratings), and <c>items.parquet</c> (item_id, category).
/// </summary>
internal static class KindLog
{
    private const ulong LengthStream = 27, ActivityDeck = 22;

    private static readonly ColumnField s_user = new("user_id", ColumnType.Int64, Nullable: false);
    private static readonly ColumnField s_item = new("item_id", ColumnType.Int64, Nullable: false);
    private static readonly ColumnField s_time = new("event_time", ColumnType.Timestamp, Nullable: false, TimestampUnit.Microseconds, IsUtc: true);
    private static readonly ColumnField s_rating = new("rating", ColumnType.Int64, Nullable: false);
    private static readonly ColumnField s_category = new("category", ColumnType.Utf8, Nullable: false);

    /// <summary>All events in order of time, then of user. Users are made side by side on the context's threads.</summary>
    /// <exception cref="Errors.ConfigurationException">Parameters out of range.</exception>
    public static KindEvent[] Events(SyntheticKind kind, KindParameters parameters, StageContext context)
    {
        Check(parameters);
        return Made(kind.Model(parameters), kind, parameters, context);
    }

    /// <exception cref="Errors.ConfigurationException">Parameters out of range.</exception>
    public static SyntheticFiles Write(SyntheticKind kind, KindParameters parameters, string folder, IParquetWriter writer, StageContext context)
    {
        Check(parameters);
        var model = kind.Model(parameters);
        string items = Path.Combine(folder, "items.parquet");
        using (var output = Rows(writer, items, s_item, s_category))
        {
            for (int item = 0; item < parameters.Items; item++) output.Put(item).Put(model.Category(item));
            output.Complete();
        }
        var events = Made(model, kind, parameters, context);
        var files = new List<string>();
        int from = 0;
        for (int day = 0; day < parameters.Days; day++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            long end = parameters.Start + (day + 1) * (parameters.Length / parameters.Days);
            string name = parameters.FirstDay.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".parquet";
            files.Add(Path.Combine(folder, "events", name));
            using var output = kind.HasRatings ? Rows(writer, files[^1], s_user, s_item, s_time, s_rating) : Rows(writer, files[^1], s_user, s_item, s_time);
            for (; from < events.Length && events[from].Time < end; from++)
            {
                output.Put(events[from].User).Put(events[from].Item).Put(events[from].Time);
                if (kind.HasRatings) output.Put(events[from].Rating);
            }
            output.Complete(evenEmpty: true);
            context.Progress.Step("events", from, events.Length, "row");
        }
        return new(files, items, events.Length);
    }

    private static KindEvent[] Made(ISyntheticKind model, SyntheticKind kind, KindParameters parameters, StageContext context)
    {
        int[] ends = Ends(kind, parameters);
        var events = new KindEvent[parameters.Events];
        context.ForEachPiece(parameters.Users, user =>
        {
            int from = user == 0 ? 0 : ends[user - 1];
            model.History(user, events.AsSpan(from, ends[user] - from));
        });
        // By user, item and rating too where moments are the same, so that the order is one.
        Array.Sort(events, (a, b) => (a.Time, a.User, a.Item, a.Rating).CompareTo((b.Time, b.User, b.Item, b.Rating)));
        return events;
    }

    /// <summary>Where each user's events end: the least that all have, and the rest dealt out by activity. Nobody has more than half of the items.</summary>
    private static int[] Ends(SyntheticKind kind, KindParameters parameters)
    {
        int most = Math.Max(1, parameters.Items / 2);
        int least = (int)Math.Min(Math.Min(kind.Least, most), parameters.Events / parameters.Users);
        int[] lengths = [.. Enumerable.Repeat(least, parameters.Users)];
        var activity = new AliasTable(
            PowerLaw.Of(parameters.Users, kind.ActivityExponent, Math.Max(1, parameters.Users / 20.0), parameters.Seed, ActivityDeck));
        for (long n = (long)least * parameters.Users; n < parameters.Events; n++)
        {
            var random = new CounterRandom(parameters.Seed, LengthStream, (ulong)n);
            int user = activity.Draw(ref random);
            while (lengths[user] >= most) user = (user + 1) % parameters.Users;
            lengths[user]++;
        }
        for (int user = 1; user < lengths.Length; user++) lengths[user] += lengths[user - 1];
        return lengths;
    }

    private static void Check(KindParameters parameters)
    {
        var check = new OptionsCheck("generate");
        parameters.Validate(check);
        check.ThrowIfAny();
    }

    private static ParquetRows Rows(IParquetWriter writer, string file, params ColumnField[] columns) =>
        new(Path.GetFileName(file), columns, () => writer.Create(file, columns));
}
