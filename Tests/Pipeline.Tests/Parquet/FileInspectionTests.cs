using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

[TestClass]
internal sealed class FileInspectionTests
{
    [TestMethod]
    public void A_file_tells_its_null_shares_ranges_and_examples()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-inspect-").FullName;
        try
        {
            string file = Path.Combine(folder, "log.parquet");
            Column[] columns =
            [
                ColumnsOf.Text("customer_id", "a", null, "b", "a"),
                ColumnsOf.Text("stock_code", "x", "x", "y", "z"),
                ColumnsOf.Timestamp("invoice_date", TimestampUnit.Microseconds, true, 1_322_742_360_000_000, null, null, 0),
                ColumnsOf.Double("unit_price", 2.5, -1, null, 4),
                ColumnsOf.Int64("serial", long.MaxValue, 9_007_199_254_740_993, null, null),
            ];
            using (var writer = ParquetFiles.Writer().Create(file, [.. columns.Select(c => c.Field)]))
            {
                writer.Append(columns, 4);
                writer.Complete();
            }

            var found = FileInspection.Of(ParquetFiles.Reader(), file);

            Assert.AreEqual(4, found.File.Rows);
            Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), found.Sha256);
            CollectionAssert.AreEqual(new[] { 0.25, 0, 0.5, 0.25, 0.5 }, found.Columns.Select(c => c.NullShare).ToArray());
            CollectionAssert.AreEqual(new[] { "a", "b" }, found.Columns[0].Examples.ToArray());
            Assert.IsNull(found.Columns[0].Least);
            Assert.AreEqual("1970-01-01T00:00:00Z", found.Columns[2].Least);
            Assert.AreEqual("2011-12-01T12:26:00Z", found.Columns[2].Greatest);
            Assert.AreEqual(("-1", "4"), (found.Columns[3].Least, found.Columns[3].Greatest));
            Assert.AreEqual(("9007199254740993", "9223372036854775807"), (found.Columns[4].Least, found.Columns[4].Greatest));
            Assert.AreEqual(TableKind.Events, found.Mapping.Kind);
            Assert.AreEqual(
                "User=customer_id Item=stock_code Time=invoice_date Price=unit_price",
                string.Join(' ', found.Mapping.Columns.Select(c => $"{c.Key}={c.Column}")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(
        "events",
        "household_id:Int32 basket_id:Int64 product_id:Int32 quantity:Int32 transaction_timestamp:Timestamp",
        "User=household_id Item=product_id Time=transaction_timestamp Quantity=quantity Group=basket_id")]
    [DataRow("events", "user:Int64 item:Int64 event:Utf8 ts:Int64 Rating:Double", "User=user Item=item Time=ts Kind=event Value=Rating")]
    [DataRow("events", "household_id:Utf8 product_id:Utf8 transaction_time:Timestamp", "User=household_id Item=product_id Time=transaction_time")]
    [DataRow("events", "user:Int64 item:Int64 seen_on:Timestamp price:Double", "User=user Item=item Time=seen_on Price=price")]
    [DataRow("events", "user:Int64 item:Int64 asked:Timestamp sent:Timestamp", "User=user Item=item")]
    [DataRow("items", "product_id:Int32 department:Utf8 brand:Utf8 price:Utf8", "Id=product_id Category=department Brand=brand")]
    [DataRow("users", "customer_id:Utf8 age_group:Utf8", "Id=customer_id Segment=age_group")]
    [DataRow("unknown", "a:Int64 b:Boolean", "")]
    public void A_mapping_is_suggested_by_names_and_types(string kind, string columns, string expected)
    {
        var mapping = SuggestedMapping.For([.. columns.Split(' ').Select(c => c.Split(':')).Select(c => new ColumnField(c[0], Enum.Parse<ColumnType>(c[1])))]);

        Assert.AreEqual(kind, mapping.Kind.ToString(), ignoreCase: true);
        Assert.AreEqual(expected, string.Join(' ', mapping.Columns.Select(c => $"{c.Key}={c.Column}")));
    }
}
