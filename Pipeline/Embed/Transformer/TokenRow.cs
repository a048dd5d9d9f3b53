using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Transformer;

/// <summary>A text's tokens as a row of a data view, whose columns are its fields; one object serves all rows of a batch.</summary>
internal sealed class TokenRow
{
    public long[] WideIds = [];
    public long[] WideMask = [];
    public long[] WideTypes = [];
    public int[] Ids = [];
    public int[] Mask = [];
    public int[] Types = [];

    /// <summary>The columns that a graph takes, under its names and of its types.</summary>
    public static SchemaDefinition Columns(GraphSignature signature)
    {
        var columns = SchemaDefinition.Create(typeof(TokenRow));
        columns.RemoveAll(column => !signature.Inputs.Any(input => Field(input) == column.MemberName));
        foreach (var input in signature.Inputs) columns.Single(column => column.MemberName == Field(input)).ColumnName = input.Name;
        return columns;
    }

    /// <param name="ids">rows x length.</param>
    public static IEnumerable<TokenRow> Of(int[] ids, int length)
    {
        var row = new TokenRow
        {
            WideIds = new long[length],
            WideMask = Ones(1L, length),
            WideTypes = new long[length],
            Ids = new int[length],
            Mask = Ones(1, length),
            Types = new int[length],
        };
        for (int at = 0; at < ids.Length; at += length)
        {
            for (int k = 0; k < length; k++) row.WideIds[k] = row.Ids[k] = ids[at + k];
            yield return row;
        }
    }

    private static string Field(GraphInput input) => (input.IsWide ? "Wide" : "") + (input.IsIds ? nameof(Ids) : input.IsMask ? nameof(Mask) : nameof(Types));

    private static T[] Ones<T>(T one, int length)
    {
        var values = new T[length];
        Array.Fill(values, one);
        return values;
    }
}
