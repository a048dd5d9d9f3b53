using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Feedback;

/// <summary>Writes which rows were set aside and why; who they speak of is not said.</summary>
internal static class RejectedRows
{
    private const int RowsAtOnce = 65_536;

    private static readonly ColumnField[] Fields =
    [
        new("file", ColumnType.Utf8, Nullable: false), new("row", ColumnType.Int64, Nullable: false), new("reason", ColumnType.Utf8, Nullable: false),
    ];

    public static void Write(IParquetWriter parquet, string path, FeedbackRows rows)
    {
        using var to = parquet.Create(path, Fields);
        foreach (var file in rows.Files)
        {
            var at = new List<int>(RowsAtOnce);
            for (int row = 0; row < file.Rows; row++)
            {
                if (rows.Statuses[file.First + row] != FeedbackStatus.Joined) at.Add(row);
                if (at.Count == RowsAtOnce || row == file.Rows - 1 && at.Count > 0)
                {
                    var numbers = at.ToArray();
                    to.Append(
                        [
                            Text(Fields[0], numbers, _ => file.Name),
                            new ValueColumn<long>(Fields[1], numbers.Length, [.. numbers.Select(n => (long)n)]),
                            Text(Fields[2], numbers, n => rows.Statuses[file.First + n].Name())],
                        numbers.Length);
                    at.Clear();
                }
            }
        }
        to.Complete();
    }

    private static Utf8Column Text(ColumnField field, int[] numbers, Func<int, string> text)
    {
        var offsets = new int[numbers.Length + 1];
        using var bytes = new MemoryStream();
        for (int i = 0; i < numbers.Length; i++)
        {
            bytes.Write(System.Text.Encoding.UTF8.GetBytes(text(numbers[i])));
            offsets[i + 1] = (int)bytes.Length;
        }
        return new Utf8Column(field, numbers.Length, offsets, bytes.ToArray());
    }
}
