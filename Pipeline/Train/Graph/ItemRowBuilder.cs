using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>
/// Builds a sparse items x items matrix row by row: a row is summed in a dense accumulator, cut to its largest entries if asked, and kept in index order.
/// Memory: one dense row a thread, and the result: once where rows are cut and each is as long as was said that it may be, else twice. Never items x items.
/// </summary>
internal static class ItemRowBuilder
{
    private const int PieceRows = 64;

    /// <param name="neighbors">Entries a row keeps, the largest, ties by ascending index; 0 keeps all.</param>
    /// <param name="reach">Entries that a row may have at most before it is cut; rows that are cut get as much room as that.</param>
    /// <param name="fill">Adds what row <c>item</c> is made of; each row on one thread.</param>
    /// <param name="finish">Turns the sum of (item, neighbor) into the entry; an entry of 0 is dropped. The diagonal is never kept.</param>
    public static SparseRows Build(
        int items, int neighbors, Func<int, long> reach, StageContext context, Action<int, ItemRow> fill, Func<int, int, float, float> finish)
    {
        if (neighbors == 0) return Joined(items, neighbors, context, fill, finish);
        var starts = new long[items + 1];
        for (int item = 0; item < items; item++) starts[item + 1] = starts[item] + Math.Min(Math.Min(neighbors, items), reach(item));
        return starts[items] <= Array.MaxLength
            ? InPlace(items, neighbors, Array.ConvertAll(starts, s => (int)s), context, fill, finish)
            : Joined(items, neighbors, context, fill, finish);
    }

    /// <summary>Each row is put where it has room for all that it may have; where some are shorter, those behind move up and a copy has what is left.</summary>
    private static SparseRows InPlace(
        int items, int neighbors, int[] starts, StageContext context, Action<int, ItemRow> fill, Func<int, int, float, float> finish)
    {
        var lengths = new int[items];
        var (indices, values) = (new int[starts[items]], new float[starts[items]]);
        context.ForEachPiece((items + PieceRows - 1) / PieceRows, () => new ItemRow(items), (piece, row) =>
        {
            for (int item = piece * PieceRows; item < Math.Min(items, (piece + 1) * PieceRows); item++)
            {
                fill(item, row);
                lengths[item] = row.Take(item, neighbors, finish);
                row.Indices.CopyTo(indices.AsSpan(starts[item]));
                row.Values.CopyTo(values.AsSpan(starts[item]));
            }
        });
        var pointers = new int[items + 1];
        for (int item = 0; item < items; item++)
        {
            int from = starts[item], to = pointers[item], length = lengths[item];
            pointers[item + 1] = to + length;
            if (to == from) continue;
            indices.AsSpan(from, length).CopyTo(indices.AsSpan(to));
            values.AsSpan(from, length).CopyTo(values.AsSpan(to));
        }
        int count = pointers[items];
        return count == indices.Length
            ? new SparseRows(items, items, pointers, indices, values)
            : new SparseRows(items, items, pointers, indices[..count], values[..count]);
    }

    private static SparseRows Joined(int items, int neighbors, StageContext context, Action<int, ItemRow> fill, Func<int, int, float, float> finish)
    {
        var pieces = new (int[] Lengths, int[] Indices, float[] Values)[(items + PieceRows - 1) / PieceRows];
        context.ForEachPiece(pieces.Length, () => new ItemRow(items), (piece, row) =>
        {
            var lengths = new int[Math.Min(PieceRows, items - piece * PieceRows)];
            var indices = new List<int>();
            var values = new List<float>();
            for (int r = 0; r < lengths.Length; r++)
            {
                int item = piece * PieceRows + r;
                fill(item, row);
                lengths[r] = row.Take(item, neighbors, finish);
                indices.AddRange(row.Indices);
                values.AddRange(row.Values);
            }
            pieces[piece] = (lengths, [.. indices], [.. values]);
        });
        return Join(items, pieces);
    }

    private static SparseRows Join(int items, (int[] Lengths, int[] Indices, float[] Values)[] pieces)
    {
        long count = pieces.Sum(p => (long)p.Indices.Length);
        if (count > Array.MaxLength)
        {
            throw new RunFailedException(
                $"the item graph has {count} edges, more than one matrix holds ({Array.MaxLength}); set Neighbors, for example to 1000, "
                + $"to keep only the strongest of each item");
        }
        var pointers = new int[items + 1];
        var indices = new int[count];
        var values = new float[count];
        int at = 0;
        int row = 0;
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            foreach (int length in pieces[piece].Lengths) pointers[row + 1] = pointers[row++] + length;
            pieces[piece].Indices.CopyTo(indices, at);
            pieces[piece].Values.CopyTo(values, at);
            at += pieces[piece].Indices.Length;
            pieces[piece] = default;
        }
        return new SparseRows(items, items, pointers, indices, values);
    }
}
