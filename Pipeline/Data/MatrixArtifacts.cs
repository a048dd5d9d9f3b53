using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>How matrices, id maps and tables are stored in artifacts: sections under a prefix, so that one file may hold several.</summary>
internal static class MatrixArtifacts
{
    public static ArtifactWriter Write(this ArtifactWriter to, string name, SparseRows rows) =>
        to.Write(name + ".shape", [rows.Rows, rows.Columns])
            .Write(name + ".pointers", rows.Pointers)
            .Write<int>(name + ".indices", rows.Indices.AsSpan(0, rows.Count))
            .Write<float>(name + ".values", rows.Values.AsSpan(0, rows.Count));

    public static SparseRows ReadSparseRows(this ArtifactReader from, string name)
    {
        var shape = from.Read<int>(name + ".shape");
        return new SparseRows(shape[0], shape[1], from.Read<int>(name + ".pointers"), from.Read<int>(name + ".indices"), from.Read<float>(name + ".values"));
    }

    public static ArtifactWriter Write(this ArtifactWriter to, string name, InteractionMatrix interactions)
    {
        to.Write(name, interactions.ByUser);
        if (interactions.LastSeen is { } lastSeen) to.Write(name + ".lastSeen", lastSeen);
        if (interactions.Disliked is { } disliked) to.Write(name + ".disliked", disliked);
        if (interactions.IsWeighted) to.Write(name + ".weighted", [1]);
        if (interactions.Ratings is { } ratings) to.Write(name + ".ratings", ratings.Rows).Write(name + ".ratings.threshold", [ratings.Threshold]);
        return to;
    }

    public static InteractionMatrix ReadInteractions(this ArtifactReader from, string name) => new(
        from.ReadSparseRows(name),
        from.Has(name + ".lastSeen") ? from.Read<uint>(name + ".lastSeen") : null,
        from.Has(name + ".weighted"),
        from.Has(name + ".disliked.shape") ? from.ReadSparseRows(name + ".disliked") : null,
        from.Has(name + ".ratings.shape")
            ? new RatedPairs(from.ReadSparseRows(name + ".ratings"), from.Read<float>(name + ".ratings.threshold")[0])
            : null);

    public static ArtifactWriter Write(this ArtifactWriter to, string name, HoldOut holdOut)
    {
        to.Write(name + ".train", holdOut.Train).Write(name + ".test", holdOut.Test).Write(name + ".cut", [holdOut.Cut]);
        if (holdOut.TestSeen is { } seen) to.Write(name + ".testSeen", seen);
        return holdOut.TestRatings is { } ratings ? to.Write(name + ".testRatings", ratings) : to;
    }

    public static HoldOut ReadHoldOut(this ArtifactReader from, string name) =>
        new(from.ReadInteractions(name + ".train"), from.ReadSparseRows(name + ".test"), from.Read<uint>(name + ".cut")[0])
        {
            TestSeen = from.Has(name + ".testSeen") ? from.Read<uint>(name + ".testSeen") : null,
            TestRatings = from.Has(name + ".testRatings.shape") ? from.ReadSparseRows(name + ".testRatings") : null,
        };

    /// <summary>Pairs that the hold-out's models are trained on.</summary>
    public static int HoldOutPairs(this ArtifactReader from, string name) => from.Read<int>(name + ".train.pointers")[^1];

    public static ArtifactWriter Write(this ArtifactWriter to, string name, FactorMatrix factors) =>
        to.Write(name + ".shape", [factors.Rows, factors.Rank]).Write(name + ".values", factors.Values);

    public static FactorMatrix ReadFactors(this ArtifactReader from, string name)
    {
        var shape = from.Read<int>(name + ".shape");
        return new FactorMatrix(shape[0], shape[1], from.Read<float>(name + ".values"));
    }

    public static ArtifactWriter Write(this ArtifactWriter to, string name, IdMap ids) =>
        to.Write(name + ".offsets", ids.Offsets).Write(name + ".bytes", ids.Bytes);

    public static IdMap ReadIds(this ArtifactReader from, string name)
    {
        var offsets = from.Read<int>(name + ".offsets");
        var bytes = from.Read<byte>(name + ".bytes");
        var ids = new IdMap(offsets.Length);
        for (int i = 0; i + 1 < offsets.Length; i++) ids.Add(bytes.AsSpan(offsets[i], offsets[i + 1] - offsets[i]));
        return ids;
    }

    public static ArtifactWriter Write(this ArtifactWriter to, string name, Catalog catalog) =>
        (catalog.Texts is { } texts ? to.WriteStrings(name + ".texts", texts) : to)
            .WriteIfAny(name + ".parents", catalog.Parents)
            .WriteIfAny(name + ".variants", catalog.Variants)
            .WriteIfAny(name + ".added", catalog.Added)
            .WriteStrings(name + ".titles", catalog.Titles)
            .WriteStrings(name + ".categories", catalog.Categories)
            .WriteStrings(name + ".brands", catalog.Brands)
            .Write(name + ".unitPrices", catalog.Prices)
            .Write(name + ".available", Array.ConvertAll(catalog.Available, a => a ? (byte)1 : (byte)0))
            .Write(name + ".textHashes", catalog.TextHashes);

    private static ArtifactWriter WriteIfAny<T>(this ArtifactWriter to, string name, T[]? values) where T : unmanaged =>
        values is null ? to : to.Write(name, values);

    public static Catalog ReadCatalog(this ArtifactReader from, string name) => new()
    {
        Titles = from.ReadStrings(name + ".titles"),
        Categories = from.ReadStrings(name + ".categories"),
        Brands = from.ReadStrings(name + ".brands"),
        Texts = from.Has(name + ".texts.offsets") ? from.ReadStrings(name + ".texts") : null,
        // What an earlier version of the program left in a run's folder has floats.
        Prices = from.Has(name + ".unitPrices")
            ? from.Read<double>(name + ".unitPrices")
            : Array.ConvertAll(from.Read<float>(name + ".prices"), p => (double)p),
        Available = Array.ConvertAll(from.Read<byte>(name + ".available"), a => a != 0),
        TextHashes = from.Read<ulong>(name + ".textHashes"),
        Parents = from.Has(name + ".parents") ? from.Read<ulong>(name + ".parents") : null,
        Variants = from.Has(name + ".variants") ? from.Read<ulong>(name + ".variants") : null,
        Added = from.Has(name + ".added") ? from.Read<uint>(name + ".added") : null,
    };

    public static ArtifactWriter Write(this ArtifactWriter to, string name, ItemContent content)
    {
        to.WriteStrings(name + ".texts", content.Texts).WriteJson(name + ".views", content.Views.Select(v => v.Name).ToArray());
        for (int view = 0; view < content.Views.Count; view++) to.Write(ViewName(name, view), content.Views[view].Embeddings.Vectors);
        return to;
    }

    public static ItemContent ReadContent(this ArtifactReader from, string name) => new(
        from.ReadStrings(name + ".texts"),
        [.. from.ReadJson<string[]>(name + ".views")
            .Select((view, at) => new ItemView(view, EmbeddingTable.OfUnitRows(from.ReadFactors(ViewName(name, at)))))]);

    private static string ViewName(string name, int view) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}.view{view}");
}
