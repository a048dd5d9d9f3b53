using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Where a night's items are near or far from each other: what its lists are diversified in, and what their distance is measured in.</summary>
/// <param name="Name"><c>text</c>, <c>model</c>, <c>category</c>, <c>price</c> or <c>mixed</c>.</param>
/// <param name="Items">Null where the model has no space and nothing else is used.</param>
internal sealed record SimilaritySpace(string Name, EmbeddingTable? Items)
{
    public const string Text = "text", Model = "model", Category = "category", Price = "price", Mixed = "mixed";

    /// <summary>Share of the available items that text must know for <see cref="DiversifySpace.Auto"/> to choose it.</summary>
    private const double Most = 0.9;

    /// <param name="model">Null where the model has no space, or lists are nobody's.</param>
    /// <exception cref="ConfigurationException">A space is insisted on that nothing is known in.</exception>
    public static SimilaritySpace Of(DiversifyOptions options, EmbeddingTable? model, ItemContent content, Catalog catalog) => options.Space switch
    {
        DiversifySpace.Model => new(Model, model),
        DiversifySpace.Category => new(Category, CatalogSpaces.OfCategories(catalog) ?? throw new ConfigurationException(
            "Diversify:Space is Category, but no item has one; expected a column (Ingest:Items:Columns:Category), or another space")),
        DiversifySpace.Price => new(Price, CatalogSpaces.OfPrices(catalog) ?? throw new ConfigurationException(
            "Diversify:Space is Price, but no item has one; expected a column (Ingest:Items:Columns:Price, Ingest:Events:0:Columns:Price), or another space")),
        DiversifySpace.Mixed => new(Mixed, OfMix(options.Mix, model, content, catalog)),
        DiversifySpace.Text => new(Text, content.Text ?? throw new ConfigurationException(
            "Diversify:Space is Text, but the night embedded no text; expected an encoder (see Embed:Model) and items with a title, or Diversify:Space=Auto")),
        _ => content.Text is { } text && Known(text, catalog.Available) >= Most ? new(Text, text) : new(Model, model),
    };

    /// <summary>A part that the shop does not have is left out; lists that are nobody's may have none.</summary>
    private static EmbeddingTable? OfMix(SpaceMix mix, EmbeddingTable? model, ItemContent content, Catalog catalog) =>
        CatalogSpaces.Mixed(
            (mix.Text, content.Text), (mix.Model, model), (mix.Category, CatalogSpaces.OfCategories(catalog)), (mix.Price, CatalogSpaces.OfPrices(catalog)));

    private static double Known(EmbeddingTable text, bool[] available)
    {
        int known = 0, all = 0;
        for (int i = 0; i < text.Items; i++)
        {
            if (!available[i]) continue;
            all++;
            if (text.Vectors.Row(i).ContainsAnyExcept(0f)) known++;
        }
        return all == 0 ? 0 : (double)known / all;
    }
}
