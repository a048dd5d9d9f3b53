using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary><c>user_vectors</c>: a customer's interest as a vector in the space of the items' texts, with the item of theirs that is nearest to it.</summary>
internal sealed class UserVectorsPlace(UserVectorOptions options) : IPlace
{
    public PlaceTable Table => PlaceTables.UserVectors;

    public string? Lacks(PlaceInputs inputs) => Missing(options, inputs);

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        long customers = 0;
        foreach (var block in InterestBlocks.Of(inputs, nearest: null, context))
        {
            for (int b = 0; b < block.Users.Length; b++)
            {
                var interest = block.Interests[b];
                if (interest.Items == 0) continue;
                customers++;
                rows.Put(inputs.Users[block.Users[b]]).Put(1).Put(inputs.Items[interest.Typical]).Put(interest.Cosine).Put(interest.Items)
                    .Put(interest.Concentration).Put(Json(block.Vectors.Row(b)));
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{customers:N0} customers have a vector of {inputs.Text!.Dimension:N0} numbers");
    }

    internal static string? Missing(UserVectorOptions options, PlaceInputs inputs) =>
        !options.Enabled ? "Places:UserVectors:Enabled is not set"
        : inputs.Text is null ? "no item has a vector: nothing was embedded, or the encoder does not understand the texts (Embed:Model)"
        : null;

    /// <summary>A JSON array, which pgvector reads too; five decimals keep cosines to 0.0001.</summary>
    internal static string Json(ReadOnlySpan<float> vector)
    {
        var text = new StringBuilder("[");
        foreach (float value in vector)
        {
            if (text.Length > 1) text.Append(',');
            double rounded = Math.Round(value, 5);
            // There is no negative zero in it.
            text.Append((rounded == 0 ? 0 : rounded).ToString("0.#####", CultureInfo.InvariantCulture));
        }
        return text.Append(']').ToString();
    }
}
