using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>Ids, kinds, groups and texts of a log are the same whether their column comes as codes of a dictionary or as texts.</summary>
[TestClass]
internal sealed class CodedColumnsTests
{
    private static readonly string?[] s_cells =
        ["cart", "view", null, "cart", "  ", "view", "Postage", "12.0", "12", "VIEW ", "Postage", "C77", "C77", null, "\uD83D\uDE00", "12"];

    [TestMethod]
    public void Ids_are_the_same() => Same((column, statuses, indices) =>
    {
        var ids = new IdMap(16);
        var encoder = new IdEncoder(ids, 8, RowStatus.NullItem, stripDecimalZero: true, id => id.StartsWith("Post"u8));
        encoder.RuleOut(column, statuses, new int[statuses.Length]);
        encoder.Take(column, statuses, indices);
        return string.Join(' ', Enumerable.Range(0, ids.Count).Select(ids.Text));
    });

    [TestMethod]
    public void Kinds_are_the_same() => Same((column, statuses, indices) =>
    {
        var kinds = new EventKind[statuses.Length];
        new KindColumn(new EventSourceOptions { Columns = new() { Kind = "x" } }).Read(true, column, statuses, kinds);
        return string.Join(' ', kinds);
    });

    [TestMethod]
    public void Groups_are_the_same() => Same((column, statuses, indices) =>
    {
        var (groups, returns) = (new uint[statuses.Length], new bool[statuses.Length]);
        new GroupColumn("C").Read(column, groups, returns);
        Assert.IsTrue(returns[11] && !returns[0]);
        return string.Join(' ', groups) + string.Join(' ', returns);
    });

    [TestMethod]
    public void Texts_are_the_same() => Same((column, statuses, indices) =>
    {
        var texts = new IdMap(16);
        new ItemTextEncoder(texts, [new("^Postage$")]).Read(column, statuses, indices);
        return string.Join('|', Enumerable.Range(0, texts.Count).Select(texts.Text));
    });

    private static void Same(Func<Utf8Column, RowStatus[], int[], string> read)
    {
        var (statuses, indices) = (new RowStatus[s_cells.Length], new int[s_cells.Length]);
        string found = read(Plain(), statuses, indices);
        var (codedStatuses, codedIndices) = (new RowStatus[s_cells.Length], new int[s_cells.Length]);
        Assert.AreEqual(found, read(Coded(), codedStatuses, codedIndices));
        CollectionAssert.AreEqual(statuses, codedStatuses);
        CollectionAssert.AreEqual(indices, codedIndices);
    }

    private static ulong[] Validity() => [s_cells.Select((cell, row) => cell is null ? 0UL : 1UL << row).Aggregate((a, b) => a | b)];

    private static Utf8Column Plain()
    {
        var offsets = new int[s_cells.Length + 1];
        for (int row = 0; row < s_cells.Length; row++) offsets[row + 1] = offsets[row] + Encoding.UTF8.GetByteCount(s_cells[row] ?? "");
        return new(new("x", ColumnType.Utf8), s_cells.Length, offsets, Encoding.UTF8.GetBytes(string.Concat(s_cells)), Validity());
    }

    private static Utf8Column Coded()
    {
        // A writer may store a text twice.
        string[] entries = [.. s_cells.OfType<string>().Distinct().Reverse(), "cart"];
        int[] offsets = [0, .. entries.Select((_, k) => entries.Take(k + 1).Sum(Encoding.UTF8.GetByteCount))];
        var dictionary = new TextDictionary(offsets, Encoding.UTF8.GetBytes(string.Concat(entries)));
        int[] codes = [.. s_cells.Select((cell, row) => cell is null ? -1 : row == 3 ? entries.Length - 1 : Array.IndexOf(entries, cell))];
        return new(new("x", ColumnType.Utf8), s_cells.Length, dictionary, codes, Validity());
    }
}
