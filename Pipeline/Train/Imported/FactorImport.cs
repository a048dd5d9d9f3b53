using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>
/// Finds the rows of <c>Train:Imported</c>'s files in the log's ids, so that what trains goes on seeing indices alone. Messages show item ids, and of user ids
/// no more than their shape.
/// </summary>
/// <param name="stripDecimalZero">Whether <c>25671.0</c> is the id <c>25671</c>, as for the logs.</param>
internal sealed class FactorImport(ImportedOptions options, IdMap users, IdMap items, IParquetReader reader, bool stripDecimalZero = false)
{
    private const string Key = "Train:Imported:";

    /// <summary>Identity of every file that the options name.</summary>
    /// <exception cref="ConfigurationException">A pattern matches no file, or the hold-out's factors are those of the serving model.</exception>
    public static IReadOnlyDictionary<string, string> Fingerprints(ImportedOptions options, IParquetReader reader)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, path) in Paths(options))
        {
            int number = 0;
            foreach (string file in new FactorTable(Key + key, path, options.Columns("", ""), reader, false).Files())
                found[$"imported {key} {++number:D5}"] = FileFingerprint.Of(file);
        }
        if (options.HoldOut.IsGiven
            && (Of("UserFactors").SequenceEqual(Of("HoldOut:UserFactors")) || Of("ItemFactors").SequenceEqual(Of("HoldOut:ItemFactors"))))
        {
            throw new ConfigurationException(
                $"{Key}HoldOut's files have the same bytes as {Key}UserFactors or ItemFactors; expected factors of a training of their own, "
                + $"on what lies before the hold-out's cut: those that have seen the test purchases measure nothing");
        }
        return found;

        IEnumerable<string> Of(string key) => found.Where(f => f.Key.StartsWith($"imported {key} ", StringComparison.Ordinal)).Select(f => f.Value);
    }

    /// <summary>The serving model's factors.</summary>
    /// <param name="interactions">What the log knows.</param>
    /// <exception cref="ConfigurationException">No file, or a column that is missing or cannot hold what it should.</exception>
    /// <exception cref="RunFailedException">Rows that cannot be used, or nearly nothing of it is in the log.</exception>
    public ImportedFactors Serving(InteractionMatrix interactions, StageContext context) =>
        Read("", options.UserFactors, options.ItemFactors, interactions, "train.imported", context);

    /// <summary>The factors that were trained on what lies before the cut.</summary>
    /// <inheritdoc cref="Serving"/>
    public ImportedFactors HoldOut(InteractionMatrix before, StageContext context) => options.HoldOut.IsGiven
        ? Read("HoldOut:", options.HoldOut.UserFactors, options.HoldOut.ItemFactors, before, "train.imported.holdout", context)
        : throw new ConfigurationException(
            $"{Key}HoldOut is missing; expected factors that were trained on what lies before the cut, and nothing after it: the others have seen what they "
            + $"would be measured by");

    private ImportedFactors Read(string part, string userPath, string itemPath, InteractionMatrix interactions, string metric, StageContext context)
    {
        var (ofUsers, ofItems) = (
            options.Columns(nameof(options.UserColumn), options.UserColumn), options.Columns(nameof(options.ItemColumn), options.ItemColumn));
        var userSide = new FactorTable($"{Key}{part}UserFactors", userPath, ofUsers, reader, stripDecimalZero)
            .Read(users, IdShape.Of, out string? strangeUser, context.Cancellation);
        var itemSide = new FactorTable($"{Key}{part}ItemFactors", itemPath, ofItems, reader, stripDecimalZero)
            .Read(items, id => id, out string? strangeItem, context.Cancellation);
        if (userSide.Rows.Rank != itemSide.Rows.Rank)
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Key}{part}UserFactors has {userSide.Rows.Rank} factors a row ({userPath}) and {Key}{part}ItemFactors {itemSide.Rows.Rank} ({itemPath}); "
                + $"expected two tables of one training, of one width"));
        Match("user", part, userSide, Lengths(interactions.ByUser), users, IdShape.Of, strangeUser);
        Match("item", part, itemSide, Lengths(interactions.ByItem), items, id => id, strangeItem);
        return new ImportedFactors(userSide, itemSide);

        void Match(string noun, string name, ImportedSide side, bool[] history, IdMap ids, Func<string, string> show, string? stranger)
        {
            int wanted = history.Count(h => h), matched = side.KnownOf(history);
            context.Progress.Metric($"{metric}.{noun}s.matched", matched);
            context.Progress.Metric($"{metric}.{noun}s.unmatched", wanted - matched);
            context.Progress.Metric($"{metric}.{noun}s.unknown", side.UnknownIds);
            context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"imported{(name.Length > 0 ? " for the hold-out" : "")}: factors of {matched} of {wanted} {noun}s with history; "
                + $"{side.UnknownIds} rows of {noun}s that the log does not know"));
            if (matched >= options.MinMatched * wanted && matched > 0) return;
            string column = noun == "user" ? options.UserColumn : options.ItemColumn;
            string ours = ids.Count > 0 ? show(ids.Text(Array.IndexOf(history, true))) : "";
            string likeness = noun == "user" ? "ids there are shaped like" : "an id there is";
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Key}{name}{(noun == "user" ? "UserFactors" : "ItemFactors")} has factors of {matched} of the {wanted} {noun}s with history, "
                + $"expected at least {options.MinMatched:P0} ({Key}MinMatched): column '{column}' does not hold the ids of the log; {likeness} '{stranger}', "
                + $"in the log '{ours}'. Name the right column in {Key}{(noun == "user" ? "UserColumn" : "ItemColumn")}, "
                + $"or join the logs' ids back where the training had numbered them"));
        }
    }

    private static bool[] Lengths(SparseRows rows)
    {
        var some = new bool[rows.Rows];
        for (int row = 0; row < some.Length; row++) some[row] = rows.RowLength(row) > 0;
        return some;
    }

    private static IEnumerable<(string Key, string Path)> Paths(ImportedOptions options)
    {
        yield return ("UserFactors", options.UserFactors);
        yield return ("ItemFactors", options.ItemFactors);
        if (!options.HoldOut.IsGiven) yield break;
        yield return ("HoldOut:UserFactors", options.HoldOut.UserFactors);
        yield return ("HoldOut:ItemFactors", options.HoldOut.ItemFactors);
    }
}
