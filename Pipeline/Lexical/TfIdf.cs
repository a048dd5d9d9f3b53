using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Lexical;

/// <summary>
/// Texts as sparse rows of unit length: a term that occurs c times in a text and in d of the n texts weighs
/// <c>(1 + ln c) (1 + ln((1 + n) / (1 + d)))</c> before normalization (sublinear tf, smoothed idf; Salton and Buckley 1988). The inner product of two rows is
/// their cosine.
/// </summary>
internal sealed class TfIdf
{
    private readonly TfIdfOptions _options;
    private readonly Dictionary<string, int> _columns;

    private TfIdf(TfIdfOptions options, string[] terms, float[] weights, int[] texts)
    {
        _options = options;
        Terms = terms;
        InverseTextWeights = weights;
        TextCounts = texts;
        _columns = new Dictionary<string, int>(terms.Length, StringComparer.Ordinal);
        for (int c = 0; c < terms.Length; c++) _columns.Add(terms[c], c);
    }

    /// <summary>The columns' terms, in ordinal order.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>Texts of the fit that a term occurs in.</summary>
    public ReadOnlySpan<int> TextsOf => TextCounts;

    /// <summary>1 + ln((1 + n) / (1 + d)) a term.</summary>
    private float[] InverseTextWeights { get; }

    private int[] TextCounts { get; }

    /// <summary>Counts the terms of <paramref name="texts"/>; null and empty texts count among the n.</summary>
    /// <exception cref="ConfigurationException">Options out of their range.</exception>
    public static TfIdf Fit(IReadOnlyList<string?> texts, TfIdfOptions? options = null)
    {
        options ??= new TfIdfOptions();
        var check = new OptionsCheck("TfIdf");
        options.Validate(check);
        check.ThrowIfAny();

        var counter = new TermCounter();
        var scanner = new LexicalScanner(options);
        for (int t = 0; t < texts.Count; t++)
        {
            scanner.Read(texts[t]);
            while (scanner.TryNext(out var term)) counter.Add(term, t);
        }
        double most = options.MaxShare * texts.Count;
        var kept = counter.Terms.Where(t => t.Texts >= options.MinTexts && t.Texts <= most);
        if (options.MaxTerms > 0)
            kept = kept.OrderByDescending(t => t.Texts).ThenBy(t => t.Term, StringComparer.Ordinal).Take(options.MaxTerms);
        var ordered = kept.OrderBy(t => t.Term, StringComparer.Ordinal).ToArray();
        return new TfIdf(
            options,
            [.. ordered.Select(t => t.Term)],
            [.. ordered.Select(t => (float)(1 + Math.Log((1.0 + texts.Count) / (1.0 + t.Texts))))],
            [.. ordered.Select(t => t.Texts)]);
    }

    /// <summary>texts x <see cref="Terms"/>; a text without a known term is an empty row.</summary>
    public SparseRows Transform(IReadOnlyList<string?> texts)
    {
        var pointers = new int[texts.Count + 1];
        var indices = new List<int>();
        var values = new List<float>();
        var scanner = new LexicalScanner(_options);
        var known = _columns.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<int>();
        for (int t = 0; t < texts.Count; t++)
        {
            found.Clear();
            scanner.Read(texts[t]);
            while (scanner.TryNext(out var term))
                if (known.TryGetValue(term, out int column)) found.Add(column);
            found.Sort();
            int first = values.Count;
            double square = 0;
            for (int k = 0; k < found.Count;)
            {
                int end = k + 1;
                while (end < found.Count && found[end] == found[k]) end++;
                double weight = (1 + Math.Log(end - k)) * InverseTextWeights[found[k]];
                square += weight * weight;
                indices.Add(found[k]);
                values.Add((float)weight);
                k = end;
            }
            float scale = square > 0 ? (float)(1 / Math.Sqrt(square)) : 0;
            for (int k = first; k < values.Count; k++) values[k] *= scale;
            pointers[t + 1] = values.Count;
        }
        return new SparseRows(texts.Count, Terms.Count, pointers, [.. indices], [.. values]);
    }

    /// <summary>In how many texts each term occurs.</summary>
    private sealed class TermCounter
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<string> _terms = [];
        private readonly List<(int Texts, int Last)> _seen = [];

        public IEnumerable<(string Term, int Texts)> Terms => _terms.Select((term, n) => (term, _seen[n].Texts));

        public void Add(ReadOnlySpan<char> term, int text)
        {
            var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
            if (lookup.TryGetValue(term, out int number))
            {
                var (texts, last) = _seen[number];
                if (last != text) _seen[number] = (texts + 1, text);
                return;
            }
            _numbers.Add(term.ToString(), _terms.Count);
            _terms.Add(term.ToString());
            _seen.Add((1, text));
        }
    }
}
