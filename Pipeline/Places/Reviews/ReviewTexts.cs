using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>Vectors of texts, each encoded once however often it is asked for. Memory: a vector a text.</summary>
/// <param name="encode">Texts to unit vectors; null where there is no encoder.</param>
internal sealed class ReviewTexts(Func<IReadOnlyList<string>, EmbeddingTable?> encode)
{
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);

    public EmbeddingTable? Encode(IReadOnlyList<string> texts)
    {
        string[] missing = [.. texts.Where(t => !_known.ContainsKey(t)).Distinct(StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            if (encode(missing) is not { } vectors) return null;
            for (int n = 0; n < missing.Length; n++) _known[missing[n]] = vectors.Vectors.Row(n).ToArray();
        }
        if (texts.Count == 0) return null;
        var rows = new FactorMatrix(texts.Count, _known[texts[0]].Length);
        for (int n = 0; n < texts.Count; n++) _known[texts[n]].CopyTo(rows.Row(n));
        return EmbeddingTable.OfUnitRows(rows);
    }
}
