using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Measures lists against what is known of items and users. Not for more than one thread: it keeps a user's mix between calls.</summary>
internal sealed class ListMeter(
    ItemPopularity popularity, SparseRows history, EmbeddingTable? embeddings, CategoryPaths? categories, EmbeddingTable? text = null,
    EmbeddingTable? model = null, TitlePhrases? titles = null)
{
    private const double Alpha = 0.01;

    private readonly Dictionary<int, int> _phrases = [];
    private readonly double[] _userMix = new double[categories?.Tops ?? 0];
    private readonly double[] _listMix = new double[categories?.Tops ?? 0];

    public ListMeasures Measure(int user, ReadOnlySpan<int> list)
    {
        double information = 0, share = 0;
        int cold = 0;
        foreach (int item in list)
        {
            information += popularity.SelfInformation(item);
            share += popularity.Share(item);
            if (popularity.IsCold(item)) cold++;
        }
        var (kl, js) = Calibration(user, list);
        return new ListMeasures(
            embeddings is null ? float.NaN : (float)IntraListDistance.Of(list, embeddings),
            (float)CategoryDistance(list),
            (float)(information / list.Length),
            (float)(share / list.Length),
            list.Length == 0 ? float.NaN : (float)cold / list.Length,
            (float)kl,
            (float)js,
            text is null ? float.NaN : (float)IntraListDistance.Of(list, text),
            model is null ? float.NaN : (float)IntraListDistance.Of(list, model),
            (float)OneShelf(list));
    }

    /// <summary>Whether the most frequent phrase stands in more than half of the titles; 1 or 0.</summary>
    private double OneShelf(ReadOnlySpan<int> list)
    {
        if (titles is null || list.IsEmpty) return double.NaN;
        int most = 0;
        _phrases.Clear();
        foreach (int item in list)
        {
            if (item >= titles.Items) continue;
            foreach (int phrase in titles.Of(item)) most = Math.Max(most, ++CollectionsMarshal.GetValueRefOrAddDefault(_phrases, phrase, out _));
        }
        return most * 2 > list.Length ? 1 : 0;
    }

    private double CategoryDistance(ReadOnlySpan<int> list)
    {
        if (categories is null) return double.NaN;
        double sum = 0;
        int pairs = 0;
        for (int a = 1; a < list.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                double distance = categories.Distance(list[a], list[b]);
                if (double.IsNaN(distance)) continue;
                sum += distance;
                pairs++;
            }
        }
        return pairs == 0 ? double.NaN : sum / pairs;
    }

    private (double Kl, double Js) Calibration(int user, ReadOnlySpan<int> list)
    {
        if (categories is null || !Mix(history.RowIndices(user), _userMix) || !Mix(list, _listMix)) return (double.NaN, double.NaN);
        double kl = 0, js = 0;
        for (int c = 0; c < _userMix.Length; c++)
        {
            double p = _userMix[c], q = _listMix[c];
            if (p > 0)
            {
                kl += p * Math.Log(p / ((1 - Alpha) * q + Alpha * p));
                js += p * Math.Log2(2 * p / (p + q)) / 2;
            }
            if (q > 0) js += q * Math.Log2(2 * q / (p + q)) / 2;
        }
        return (kl, Math.Max(0, js));
    }

    private bool Mix(ReadOnlySpan<int> items, double[] mix)
    {
        mix.AsSpan().Clear();
        int known = 0;
        foreach (int item in items)
        {
            int top = categories!.Top[item];
            if (top < 0) continue;
            mix[top]++;
            known++;
        }
        if (known == 0) return false;
        for (int c = 0; c < mix.Length; c++) mix[c] /= known;
        return true;
    }
}
