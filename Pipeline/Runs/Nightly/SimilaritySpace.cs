using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Where a night's items are near or far from each other: what its lists are diversified in, and what their distance is measured in.</summary>
/// <param name="Name"><c>text</c> or <c>model</c>.</param>
/// <param name="Items">Null where the model has no space and text is not used.</param>
internal sealed record SimilaritySpace(string Name, EmbeddingTable? Items)
{
    public const string Text = "text", Model = "model";

    /// <summary>Share of the available items that text must know for <see cref="DiversifySpace.Auto"/> to choose it.</summary>
    private const double Most = 0.9;

    /// <exception cref="ConfigurationException">Text is insisted on, and nothing was embedded.</exception>
    public static SimilaritySpace Of(DiversifyOptions options, EmbeddingTable? model, ItemContent content, bool[] available) => options.Space switch
    {
        DiversifySpace.Model => new(Model, model),
        DiversifySpace.Text => new(Text, content.Text ?? throw new ConfigurationException(
            "Diversify:Space is Text, but the night embedded no text; expected an encoder (see Embed:Model) and items with a title, or Diversify:Space=Auto")),
        _ => content.Text is { } text && Known(text, available) >= Most ? new(Text, text) : new(Model, model),
    };

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
