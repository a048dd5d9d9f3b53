using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Finds the columns that <see cref="LeadingColumns"/> keeps: the principal ones of users and items together, each side weighed alike, and as many as cost
/// least on a sample, where what a cut leaves undecided is scored in full. Seconds, so many users must be asked for.
/// </summary>
internal static class LeadingBasis
{
    private const int FewestColumns = 128;
    private const int SampledRows = 8_192;
    private const int TriedUsers = 48;
    private const int TriedItems = 4_096;

    /// <summary>Columns by which a head grows; with X it fills whole registers.</summary>
    private const int Step = 64;

    /// <summary>What a pair scored by itself costs, in pairs of the scan.</summary>
    private const double PairCost = 14;

    /// <summary>Share of whole products' cost above which they are taken.</summary>
    private const double WorthIt = 0.7;

    /// <summary>Pairs of a user and an item, as a multiple of K^2, from which on the preparation is a small part of what it saves.</summary>
    private const double Preparation = 200;

    /// <summary>K x H, orthonormal columns; null where cutting would not pay.</summary>
    public static FactorMatrix? Of(IFactorRows users, FactorMatrix items, RetrievalRequest request)
    {
        int rank = items.Rank;
        int[] listed = [.. Enumerable.Range(0, items.Rows).Where(i => request.Allowed is null || request.Allowed[i])];
        if (rank < FewestColumns || request.Depth > listed.Length / 4 || (double)request.Users * listed.Length < Preparation * rank * rank) return null;
        var someUsers = Rows(users, Spaced(users.Rows, SampledRows));
        var someItems = Rows(items, [.. Spaced(listed.Length, SampledRows).Select(at => listed[at])]);
        if (Principal(someUsers, someItems, request.Threads) is not { } basis) return null;
        int[] tried = Spaced(users.Rows, TriedUsers);
        // What a user has stands before what is asked for, since it is what their factors are made of.
        int[] places = [.. tried.Select(user => request.Depth + (request.Exclude?.RowLength(user) ?? 0))];
        int head = Cheapest(Rows(users, tried), Rows(someItems, Spaced(someItems.Rows, TriedItems)), basis, listed.Length, request.Depth, places);
        return head == 0 ? null : Leading(basis, head);
    }

    /// <summary>The eigenvectors of both sides' second moments, summed, the largest first; null where they are not of full precision.</summary>
    private static FactorMatrix? Principal(FactorMatrix users, FactorMatrix items, int threads)
    {
        int rank = items.Rank, kept = rank / 2;
        double[] sum = Gramian.Of(users, threads), ofItems = Gramian.Of(items, threads);
        double userTrace = 0, itemTrace = 0;
        for (int k = 0; k < rank; k++) (userTrace, itemTrace) = (userTrace + sum[k * rank + k], itemTrace + ofItems[k * rank + k]);
        if (!(userTrace > 0 && itemTrace > 0) || !double.IsFinite(userTrace + itemTrace)) return null;
        for (int k = 0; k < sum.Length; k++) sum[k] = sum[k] / userTrace + ofItems[k] / itemTrace;
        double[] vectors = SymmetricEigen.Leading(sum, rank, kept, threads).Vectors;
        var basis = new FactorMatrix(rank, kept);
        for (int c = 0; c < kept; c++)
            for (int k = 0; k < rank; k++) basis.Row(k)[c] = (float)vectors[c * rank + k];
        return Skew(basis) < LeadingColumns.MostSkew ? basis : null;
    }

    /// <summary>Frobenius norm of <c>Q'Q - I</c>, in double: rounding to float32 alone leaves some 1e-6.</summary>
    private static double Skew(FactorMatrix basis)
    {
        var columns = new double[basis.Rank][];
        for (int c = 0; c < columns.Length; c++) columns[c] = [.. Enumerable.Range(0, basis.Rows).Select(k => (double)basis.Row(k)[c])];
        double squares = 0;
        for (int a = 0; a < columns.Length; a++)
        {
            squares += Math.Pow(TensorPrimitives.Dot<double>(columns[a], columns[a]) - 1, 2);
            for (int b = 0; b < a; b++) squares += 2 * Math.Pow(TensorPrimitives.Dot<double>(columns[a], columns[b]), 2);
        }
        return Math.Sqrt(squares);
    }

    /// <summary>The head of least cost for a user; 0 where whole products are about as cheap.</summary>
    /// <param name="places">By user, how many of all items are to be among the best for the last that is asked for.</param>
    private static int Cheapest(FactorMatrix users, FactorMatrix items, FactorMatrix basis, int all, int depth, int[] places)
    {
        int rank = items.Rank, heads = basis.Rank / Step;
        var (u, v) = (new FactorMatrix(users.Rows, basis.Rank), new FactorMatrix(items.Rows, basis.Rank));
        Gemm.Multiply(users, basis, u);
        Gemm.Multiply(items, basis, v);
        double[][] tails = [.. Enumerable.Range(1, heads).Select(h => Tails(items, v, h * Step))];
        var (scores, head) = (new float[items.Rows], new float[items.Rows]);
        var costs = new double[heads];
        for (int user = 0; user < users.Rows; user++)
        {
            for (int i = 0; i < items.Rows; i++) scores[i] = VectorMath.Dot(users.Row(user), items.Row(i));
            var sorted = (float[])scores.Clone();
            sorted.AsSpan().Sort();
            int place = Math.Clamp((int)((long)places[user] * items.Rows / all), 1, items.Rows);
            float threshold = sorted[^place];
            head.AsSpan().Clear();
            for (int h = 0; h < heads; h++)
            {
                double tail = Tail(users.Row(user), u.Row(user)[..((h + 1) * Step)]);
                int undecided = 0;
                for (int i = 0; i < items.Rows; i++)
                {
                    head[i] += VectorMath.Dot(u.Row(user).Slice(h * Step, Step), v.Row(i).Slice(h * Step, Step));
                    if (head[i] + tail * tails[h][i] >= threshold) undecided++;
                }
                double scored = Math.Max(0, (double)undecided * all / items.Rows - (places[user] - depth));
                // More than there is room for are found by going through all items once more, and scored once more.
                int room = TopCandidates.CapacityOf(depth);
                bool again = scored > room;
                costs[h] += (double)all * (h + 1) * Step * (again ? 2 : 1) + (scored + (again ? room : 0)) * PairCost * rank;
            }
        }
        int best = Array.IndexOf(costs, costs.Min());
        return costs[best] < WorthIt * all * rank * users.Rows ? (best + 1) * Step - 1 : 0;
    }

    private static double[] Tails(FactorMatrix rows, FactorMatrix heads, int columns) =>
        [.. Enumerable.Range(0, rows.Rows).Select(r => Tail(rows.Row(r), heads.Row(r)[..columns]))];

    private static double Tail(ReadOnlySpan<float> row, ReadOnlySpan<float> head)
    {
        double whole = VectorMath.Dot(row, row), kept = VectorMath.Dot(head, head);
        return Math.Sqrt(Math.Max(0, whole - kept));
    }

    private static FactorMatrix Leading(FactorMatrix basis, int columns)
    {
        var leading = new FactorMatrix(basis.Rows, columns);
        for (int k = 0; k < basis.Rows; k++) basis.Row(k)[..columns].CopyTo(leading.Row(k));
        return leading;
    }

    private static FactorMatrix Rows(IFactorRows all, int[] which)
    {
        var rows = new FactorMatrix(which.Length, all.Rank);
        for (int r = 0; r < which.Length; r++) all.Write(which[r], rows.PaddedRow(r));
        return rows;
    }

    private static int[] Spaced(int all, int wanted)
    {
        int count = Math.Min(all, wanted);
        return [.. Enumerable.Range(0, count).Select(k => (int)((long)k * all / count))];
    }
}
