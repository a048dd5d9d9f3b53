using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>Names of the made shop that rules and campaigns can speak of.</summary>
internal sealed record SyntheticNames(string Brand, string Category);

/// <summary>
/// Writes beside a <see cref="SyntheticLog"/> what the other places of a shop are fed by: <c>orders</c> and <c>searches</c>, a file a day,
/// <c>ratings.parquet</c> and <c>users.parquet</c>.
/// </summary>
internal static class SyntheticPlaces
{
    private const ulong UserTableStream = 8;

    private static readonly string[] Tiers = ["gold", "silver", "basic"];
    private static readonly string[] Countries = ["DE", "FR", "GB", "US"];

    /// <summary>Days are made side by side on the context's threads.</summary>
    public static SyntheticNames Write(SyntheticParameters parameters, string folder, IParquetWriter writer, StageContext context)
    {
        var shop = new SyntheticShop(parameters);
        var orders = new SyntheticOrders(shop, parameters);
        context.ForEachPiece(parameters.Days, day =>
        {
            string name = parameters.FirstDay.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".parquet";
            WriteOrders(shop, orders, day, Path.Combine(folder, "orders", name), writer, context.Cancellation);
            WriteSearches(orders, day, Path.Combine(folder, "searches", name), writer, context.Cancellation);
        });
        WriteRatings(shop, orders, parameters.Seed, Path.Combine(folder, "ratings.parquet"), writer, context.Cancellation);
        WriteUsers(parameters, Path.Combine(folder, "users.parquet"), writer, context.Cancellation);
        return new(shop.Brand(0), shop.Category(0));
    }

    private static void WriteOrders(
        SyntheticShop shop, SyntheticOrders orders, int day, string file, IParquetWriter writer, CancellationToken cancellation)
    {
        using var output = Rows(writer, file, Whole("order_id"), Whole("user_id"), Whole("item_id"), Time("event_time"), Whole("quantity"), Number("price"));
        foreach (var order in orders.Of(day))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (int item in order.Items) output.Put(order.Id).Put(order.User).Put(item).Put(order.Time).Put(1).Put(shop.Price(item));
        }
        output.Complete(evenEmpty: true);
    }

    private static void WriteSearches(SyntheticOrders orders, int day, string file, IParquetWriter writer, CancellationToken cancellation)
    {
        using var output = Rows(writer, file, Whole("user_id"), Text("query"), Time("time"));
        foreach (var search in orders.SearchesOf(day))
        {
            cancellation.ThrowIfCancellationRequested();
            output.Put(search.User).Put(search.Query).Put(search.Time);
        }
        output.Complete(evenEmpty: true);
    }

    private static void WriteRatings(
        SyntheticShop shop, SyntheticOrders orders, ulong seed, string file, IParquetWriter writer, CancellationToken cancellation)
    {
        using var output = Rows(writer, file, Whole("user_id"), Whole("item_id"), Whole("stars"), Time("time"), Text("review"));
        for (long n = 0; n < orders.Ratings; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rating = orders.Rating(n);
            output.Put(rating.User).Put(rating.Item).Put(rating.Stars).Put(rating.Time)
                .Put(SyntheticReviews.Of(seed, n, rating.Stars, shop.Title(rating.Item)));
        }
        output.Complete(evenEmpty: true);
    }

    private static void WriteUsers(SyntheticParameters parameters, string file, IParquetWriter writer, CancellationToken cancellation)
    {
        using var output = Rows(writer, file, Whole("user_id"), Text("tier"), Text("country"));
        for (int user = 0; user < parameters.Users; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            var random = new CounterRandom(parameters.Seed, UserTableStream, (ulong)user);
            output.Put(user).Put(Tiers[random.Below(Tiers.Length)]).Put(Countries[random.Below(Countries.Length)]);
        }
        output.Complete(evenEmpty: true);
    }

    private static ParquetRows Rows(IParquetWriter writer, string file, params ColumnField[] columns) =>
        new(Path.GetFileName(file), columns, () => writer.Create(file, columns));

    private static ColumnField Whole(string name) => new(name, ColumnType.Int64, Nullable: false);

    private static ColumnField Number(string name) => new(name, ColumnType.Double, Nullable: false);

    private static ColumnField Text(string name) => new(name, ColumnType.Utf8, Nullable: false);

    private static ColumnField Time(string name) => new(name, ColumnType.Timestamp, Nullable: false, TimestampUnit.Microseconds, IsUtc: true);
}
