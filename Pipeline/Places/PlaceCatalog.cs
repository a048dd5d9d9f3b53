using Recsys.Batch.Pipeline.Places.BuyItAgain;
using Recsys.Batch.Pipeline.Places.CartComplements;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>The places that a night makes. A new one is a line here and its columns in <see cref="Data.PlaceTables"/>.</summary>
internal static class PlaceCatalog
{
    public static IReadOnlyList<IPlace> Of(PlacesOptions options) =>
    [
        new CartComplementsPlace(options.CartComplements),
        new BuyItAgainPlace(options.BuyItAgain),
    ];
}
