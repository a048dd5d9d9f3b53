using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Tuning;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>The files that embed leaves in its output folder, and how to read them back.</summary>
internal static class EmbedArtifacts
{
    /// <summary>Texts and embeddings by item index.</summary>
    public const string Content = "content.bin";

    /// <summary>Vectors by the hash of their text, for the next night.</summary>
    public const string Cache = "cache.bin";

    /// <summary>
    /// The map that the vectors of <see cref="Content"/> went through; there only where tuning is on, and empty where the encoder stayed as it is.
    /// </summary>
    public const string Adapter = "adapter.bin";

    private const string Section = "content", Confidence = "confidence", Outward = "out", Inward = "in";

    public static void WriteContent(string folder, ItemContent content)
    {
        using var to = new ArtifactWriter(Path.Combine(folder, Content));
        to.Write(Section, content);
        to.Complete();
    }

    /// <summary>Category paths by item index: the catalog's, or predicted ones and clusters where it has none.</summary>
    public const string Categories = "categories.bin";

    /// <param name="confidence">The probability of each predicted category, NaN where one is not; null where none is.</param>
    public static void WriteCategories(string folder, string?[] categories, float[]? confidence = null)
    {
        using var to = new ArtifactWriter(Path.Combine(folder, Categories));
        to.WriteStrings(Section, categories);
        if (confidence is not null) to.Write(Confidence, confidence);
        to.Complete();
    }

    /// <summary>The probability of each predicted category, NaN where one is not; null where none is.</summary>
    /// <exception cref="Errors.ArtifactException">The file is missing or not the one that was written.</exception>
    public static float[]? ReadConfidence(string folder)
    {
        var from = new ArtifactReader(Path.Combine(folder, Categories));
        return from.Has(Confidence) ? from.Read<float>(Confidence) : null;
    }

    public static void WriteAdapter(string folder, TextAdapter? adapter)
    {
        using var to = new ArtifactWriter(Path.Combine(folder, Adapter));
        if (adapter is not null) to.Write(Outward, adapter.Out).Write(Inward, adapter.In);
        to.Complete();
    }

    /// <summary>Null where the encoder stayed as it is.</summary>
    /// <exception cref="Errors.ArtifactException">The file is missing or not the one that was written.</exception>
    public static TextAdapter? ReadAdapter(string folder)
    {
        var from = new ArtifactReader(Path.Combine(folder, Adapter));
        return from.Has(Outward + ".shape") ? new TextAdapter(from.ReadFactors(Outward), from.ReadFactors(Inward)) : null;
    }

    /// <exception cref="Errors.ArtifactException">The file is missing or not the one that was written.</exception>
    public static string?[] ReadCategories(string folder) => new ArtifactReader(Path.Combine(folder, Categories)).ReadStrings(Section);

    /// <exception cref="Errors.ArtifactException">The file is missing or not the one that was written.</exception>
    public static ItemContent ReadContent(string folder) => new ArtifactReader(Path.Combine(folder, Content)).ReadContent(Section);
}
