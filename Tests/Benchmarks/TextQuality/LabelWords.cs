namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>Takes a label's words out of a text, so that what is left must speak for itself.</summary>
internal static class LabelWords
{
    /// <summary>
    /// The words of <paramref name="text"/> in lower case, without those of <paramref name="label"/>, whether with or without a plural ending.
    /// </summary>
    public static string Without(string text, string label)
    {
        var banned = new HashSet<string>(StringComparer.Ordinal);
        foreach (string word in Words(label))
        {
            banned.Add(word);
            banned.Add(word + "s");
            banned.Add(word + "es");
            if (word.EndsWith('s')) banned.Add(word[..^1]);
            if (word.EndsWith("es", StringComparison.Ordinal)) banned.Add(word[..^2]);
        }
        return string.Join(' ', Words(text).Where(w => !banned.Contains(w)));
    }

    /// <summary>Runs of ASCII letters and digits.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inside = i < text.Length && char.IsAsciiLetterOrDigit(text[i]);
            if (inside && start < 0) start = i;
            if (inside || start < 0) continue;
            yield return text[start..i].ToLowerInvariant();
            start = -1;
        }
    }
}
