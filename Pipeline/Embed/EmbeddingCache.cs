using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>
/// Vectors of one model by the hash of their text, in one file that goes from night to night. A vector that no text asked for grows older by a night; of a
/// model that is no longer used nothing is kept.
/// </summary>
internal sealed class EmbeddingCache
{
    private const string File = EmbedArtifacts.Cache;

    private readonly string _model;
    private readonly Dictionary<TextKey, int> _rows = [];
    private readonly List<TextKey> _keys = [];
    private readonly List<int> _unused = [];
    private FactorMatrix _vectors;

    private EmbeddingCache(string model, int dimension) => (_model, _vectors) = (model, new FactorMatrix(0, dimension));

    /// <summary>Entries that were asked for or added.</summary>
    public int Used => _unused.Count(u => u == 0);

    public int Count => _keys.Count;

    /// <param name="folder">Null: empty.</param>
    /// <param name="model">What the vectors depend on beside the text.</param>
    public static EmbeddingCache Read(string? folder, string model, int dimension, IStageProgress progress)
    {
        var cache = new EmbeddingCache(model, dimension);
        if (folder is null || !System.IO.File.Exists(Path.Combine(folder, File))) return cache;
        try
        {
            var from = new ArtifactReader(Path.Combine(folder, File));
            if (from.ReadJson<string>("model") != model) progress.Note("the text encoder is another than last time: every text is embedded again");
            else cache.Take(from.Read<TextKey>("keys"), from.Read<int>("unused"), from.ReadFactors("vectors"));
        }
        catch (ArtifactException e)
        {
            progress.Note($"the cache of embeddings cannot be used, so every text is embedded again: {e.Message}");
        }
        return cache;
    }

    /// <summary>Whether there is a vector for the text; it is then one of those in use.</summary>
    public bool Use(TextKey key)
    {
        if (!_rows.TryGetValue(key, out int row)) return false;
        _unused[row] = 0;
        return true;
    }

    public void Add(IReadOnlyList<TextKey> keys, FactorMatrix vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Rank, _vectors.Rank);
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Rows, keys.Count);
        var grown = new FactorMatrix(_vectors.Rows + vectors.Rows, _vectors.Rank);
        _vectors.Values.CopyTo(grown.Values, 0);
        vectors.Values.CopyTo(grown.Values.AsSpan(_vectors.Values.Length));
        _vectors = grown;
        foreach (var key in keys) Enter(key, 0);
    }

    public ReadOnlySpan<float> Row(TextKey key) => _vectors.Row(_rows[key]);

    /// <summary>Writes what was in use within the last <paramref name="nights"/> nights, in the order of the keys.</summary>
    public void Write(string folder, int nights)
    {
        var kept = Enumerable.Range(0, Count).Where(row => _unused[row] <= nights).OrderBy(row => _keys[row]).ToArray();
        var vectors = new FactorMatrix(kept.Length, _vectors.Rank);
        for (int row = 0; row < kept.Length; row++) _vectors.Row(kept[row]).CopyTo(vectors.Row(row));
        using var to = new ArtifactWriter(Path.Combine(folder, File));
        to.WriteJson("model", _model)
            .Write("keys", Array.ConvertAll(kept, row => _keys[row]))
            .Write("unused", Array.ConvertAll(kept, row => _unused[row]))
            .Write("vectors", vectors);
        to.Complete();
    }

    private void Take(TextKey[] keys, int[] unused, FactorMatrix vectors)
    {
        _vectors = vectors;
        for (int row = 0; row < keys.Length; row++) Enter(keys[row], unused[row] + 1);
    }

    private void Enter(TextKey key, int unused)
    {
        _rows.Add(key, _keys.Count);
        _keys.Add(key);
        _unused.Add(unused);
    }
}
