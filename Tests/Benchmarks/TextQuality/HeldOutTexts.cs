using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>Texts with labels that the shipped encoder never read.</summary>
internal static class HeldOutTexts
{
    private static readonly string[] Columns = ["brand", "department", "product_category", "product_type", "package_size"];

    /// <summary>A gloss and its synset's lemmas a row, of <c>held-out/wordnet.tsv</c>.</summary>
    public static (string[] Glosses, string[] Lemmas) WordNet(string folder)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "held-out", "wordnet.tsv")).Select(line => line.Split('\t'))];
        return ([.. rows.Select(r => r[0])], [.. rows.Select(r => r[1])]);
    }

    /// <summary>
    /// Distinct texts of the products of the held-out categories, without the words of their own category, in ordinal order: of the whole product (brand,
    /// department, type, package size) or of its type alone.
    /// </summary>
    public static (string[] Texts, string[] Categories) Products(IParquetReader reader, string folder, string products, bool typeAlone)
    {
        var held = File.ReadLines(Path.Combine(folder, "held-out", "categories.txt")).ToHashSet(StringComparer.Ordinal);
        var found = new SortedSet<(string Text, string Category)>(Comparer<(string, string)>.Create((a, b) =>
            string.CompareOrdinal(a.Item1, b.Item1) is var text && text != 0 ? text : string.CompareOrdinal(a.Item2, b.Item2)));
        foreach (var batch in reader.Read(products, Columns))
        {
            var columns = Columns.Select(batch.Column<Utf8Column>).ToArray();
            for (int row = 0; row < batch.RowCount; row++)
            {
                var fields = columns.Select(c => Encoding.UTF8.GetString(c[row])).ToArray();
                if (!held.Contains(fields[2])) continue;
                string text = LabelWords.Without(typeAlone ? fields[3] : $"{fields[0]} {fields[1]} {fields[3]} {fields[4]}", fields[2]);
                if (text.Length > 0) found.Add((text, fields[2]));
            }
        }
        return ([.. found.Select(f => f.Text)], [.. found.Select(f => f.Category)]);
    }

    /// <summary>Distinct titles of one text column, in ordinal order.</summary>
    public static string[] Titles(IParquetReader reader, string pattern, string column)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string file in reader.Expand(pattern))
        {
            foreach (var batch in reader.Read(file, [column]))
            {
                var texts = batch.Column<Utf8Column>(column);
                for (int row = 0; row < batch.RowCount; row++)
                    if (Encoding.UTF8.GetString(texts[row]).Trim() is { Length: > 0 } title) found.Add(title);
            }
        }
        return [.. found];
    }
}
