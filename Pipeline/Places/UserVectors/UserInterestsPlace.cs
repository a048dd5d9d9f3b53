using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary>
/// <c>user_interests</c>: the items that are nearest to a customer's interest vector, of those that may be recommended and were not bought by them.
/// </summary>
internal sealed class UserInterestsPlace(UserVectorOptions options) : IPlace
{
    public PlaceTable Table => PlaceTables.UserInterests;

    public string? Lacks(PlaceInputs inputs) => UserVectorsPlace.Missing(options, inputs);

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        foreach (var block in InterestBlocks.Of(inputs, new NearestByText(inputs.Text!, inputs.Catalog.Available, options.Count), context))
        {
            for (int b = 0; b < block.Users.Length; b++)
            {
                int rank = 0;
                foreach (var (item, cosine) in block.Found[b]) rows.Put(inputs.Users[block.Users[b]]).Put(++rank).Put(inputs.Items[item]).Put(cosine);
            }
        }
        return null;
    }
}
