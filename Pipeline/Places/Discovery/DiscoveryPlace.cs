using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Discovery;

/// <summary><c>discovery</c>: categories that a customer has not bought from and others like them did, each with the item that most begin with.</summary>
internal sealed class DiscoveryPlace(DiscoveryOptions options) : IPlace
{
    private const int UsersAtOnce = 16_384;

    public PlaceTable Table => PlaceTables.Discovery;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:Discovery:Count is 0"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and customers of a category are counted without noise"
        : inputs.Catalog.Categories.Where(c => !string.IsNullOrEmpty(c)).Distinct(StringComparer.Ordinal).Take(2).Count() < 2
            ? "items have no two categories (Ingest:Items:Columns:Category), and no text that could stand in (Embed:Clusters)"
            : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var moves = CategoryMoves.From(inputs, options, context);
        var log = inputs.Purchases;
        long customers = 0;
        foreach (var block in inputs.UserOrder().Chunk(UsersAtOnce))
        {
            var lists = new List<(int Category, double Score)>[block.Length];
            context.ForEachPiece(
                block.Length, () => new double[moves.Names.Length],
                (b, work) => lists[b] = moves.For(log.Items.AsSpan(log.Pointers[block[b]]..log.Pointers[block[b] + 1]), work, options.Count));
            for (int b = 0; b < block.Length; b++)
            {
                int rank = 0;
                customers += lists[b].Count > 0 ? 1 : 0;
                foreach (var (category, score) in lists[b])
                    rows.Put(inputs.Users[block[b]]).Put(++rank).Put(inputs.Items[moves.Entries[category]]).Put(score).Put(moves.Names[category]);
            }
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{moves.Found:N0} pairs of {moves.Names.Length:N0} categories share customers beyond chance; {customers:N0} customers have something to discover");
    }
}
