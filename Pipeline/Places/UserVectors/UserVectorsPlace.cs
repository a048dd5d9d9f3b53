using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary><c>user_vectors</c>: a customer's interest as a vector in the space of the items' texts, with the item that is nearest to it.</summary>
internal sealed class UserVectorsPlace(UserVectorOptions options) : IPlace
{
    public PlaceTable Table => PlaceTables.UserVectors;

    public string? Lacks(PlaceInputs inputs) => Missing(options, inputs);

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        long customers = 0;
        foreach (var block in InterestBlocks.Of(inputs, count: 1, context))
        {
            for (int b = 0; b < block.Users.Length; b++)
            {
                if (block.Found[b] is not [var nearest, ..]) continue;
                customers++;
                rows.Put(inputs.Users[block.Users[b]]).Put(1).Put(inputs.Items[nearest.Item]).Put(nearest.Cosine).Put(block.Items[b])
                    .Put(block.Concentrations[b]).Put(Json(block.Vectors.Row(b)));
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{customers:N0} customers have a vector of {inputs.Text!.Dimension:N0} numbers");
    }

    internal static string? Missing(UserVectorOptions options, PlaceInputs inputs) =>
        !options.Enabled ? "Places:UserVectors:Enabled is not set"
        : inputs.Text is null ? "no item has a vector: nothing was embedded, or the encoder does not understand the texts (Embed:Model)"
        : null;

    /// <summary>A JSON array, which pgvector reads too; five decimals keep cosines to 0.0001.</summary>
    internal static string Json(ReadOnlySpan<float> vector)
    {
        var text = new StringBuilder("[");
        foreach (float value in vector)
        {
            if (text.Length > 1) text.Append(',');
            double rounded = Math.Round(value, 5);
            // There is no negative zero in it.
            text.Append((rounded == 0 ? 0 : rounded).ToString("0.#####", CultureInfo.InvariantCulture));
        }
        return text.Append(']').ToString();
    }
}

/// <summary>
/// <c>user_interests</c>: the items that are nearest to a customer's interest vector, of those that may be recommended and were not bought by them.
/// </summary>
internal sealed class UserInterestsPlace(UserVectorOptions options) : IPlace
{
    public PlaceTable Table => PlaceTables.UserInterests;

    public string? Lacks(PlaceInputs inputs) => UserVectorsPlace.Missing(options, inputs);

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        foreach (var block in InterestBlocks.Of(inputs, options.Count, context))
        {
            for (int b = 0; b < block.Users.Length; b++)
            {
                int rank = 0;
                foreach (var (item, cosine) in block.Found[b]) rows.Put(inputs.Users[block.Users[b]]).Put(++rank).Put(inputs.Items[item]).Put(cosine);
            }
        }
        return null;
    }
}

/// <summary>Vectors of some customers and what is nearest to each.</summary>
/// <param name="Items">Items that each vector is the mean of.</param>
/// <param name="Concentrations">Length of each mean before it was scaled, 0 to 1.</param>
/// <param name="Found">Best first; empty where a customer has no vector.</param>
internal sealed record InterestBlocks(
    int[] Users, FactorMatrix Vectors, int[] Items, double[] Concentrations, List<(int Item, double Cosine)>[] Found)
{
    private const int BlocksAtOnce = 64;

    /// <summary>Customers in ordinal order of their ids, some at a time, so that memory does not grow with their number.</summary>
    public static IEnumerable<InterestBlocks> Of(PlaceInputs inputs, int count, StageContext context)
    {
        var interests = new InterestVectors(inputs.Purchases, inputs.Text!, inputs.HistoryDecay);
        var nearest = new NearestByText(inputs.Text!, inputs.Catalog.Available, count);
        foreach (var some in inputs.UserOrder().Chunk(NearestByText.BlockRows).Chunk(BlocksAtOnce))
        {
            var made = new InterestBlocks[some.Length];
            context.ForEachPiece(some.Length, NearestByText.Workspace, (b, workspace) =>
            {
                int[] users = some[b];
                var vectors = new FactorMatrix(users.Length, interests.Dimension);
                var (items, concentrations) = (new int[users.Length], new double[users.Length]);
                for (int u = 0; u < users.Length; u++) (items[u], concentrations[u]) = interests.Fill(users[u], vectors.Row(u));
                int[][] bought = Array.ConvertAll(
                    users, u => inputs.Purchases.Items[inputs.Purchases.Pointers[u]..inputs.Purchases.Pointers[u + 1]].Distinct().Order().ToArray());
                made[b] = new InterestBlocks(users, vectors, items, concentrations, nearest.Find(vectors, bought, workspace));
            });
            foreach (var block in made) yield return block;
        }
    }
}
