namespace Recsys.Batch.Pipeline.Data;

/// <summary>What is known of items beside who bought them; every part is aligned with the item index.</summary>
/// <param name="Texts">All text that describes an item, as an encoder gets it; null where there is none.</param>
/// <param name="Views">
/// One table a modality: <see cref="ItemView.Text"/> from the encoder, and others that a shop brings (images, prices, a graph). A row of zeros is an item that
/// the modality says nothing of.
/// </param>
internal sealed record ItemContent(string?[] Texts, IReadOnlyList<ItemView> Views)
{
    /// <summary>The encoder's table; null where text was not embedded.</summary>
    public EmbeddingTable? Text => Views.FirstOrDefault(v => v.Name == ItemView.Text)?.Embeddings;

    /// <summary>The same with other vectors of the text.</summary>
    public ItemContent WithText(EmbeddingTable table) =>
        this with { Views = [.. Views.Select(v => v.Name == ItemView.Text ? v with { Embeddings = table } : v)] };

    /// <summary>The same with further modalities behind those it has.</summary>
    public ItemContent With(IReadOnlyList<ItemView> more) => more.Count == 0 ? this : this with { Views = [.. Views, .. more] };
}

/// <summary>One modality's embeddings under its name.</summary>
internal sealed record ItemView(string Name, EmbeddingTable Embeddings)
{
    public const string Text = "text";
}
