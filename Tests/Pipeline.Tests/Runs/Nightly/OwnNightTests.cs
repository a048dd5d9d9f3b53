using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Tests.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class OwnNightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-own-night-").FullName;

    public OwnNightTests() => SmallNight.WriteLog(Log);

    private string Log => Path.Combine(_folder, "log");

    private string Prices => Path.Combine(_folder, "prices.parquet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task What_a_shop_brings_lies_beside_the_text_and_is_read_again_when_changed()
    {
        WritePrices(1);
        var first = await Embed("price", "stock");
        var again = await Embed("price", "stock");
        WritePrices(3);
        var changed = await Embed("price", "stock");

        Assert.AreEqual(StageState.Reused, again.Stages[1].State);
        Assert.AreEqual(StageState.Finished, changed.Stages[1].State);
        var view = EmbedArtifacts.ReadContent(first.Stages[1].Folder).Views.Single();
        Assert.AreEqual("price", view.Name);
        Assert.AreEqual(2, view.Embeddings.Dimension);
        Assert.AreEqual(120, Enumerable.Range(0, view.Embeddings.Items).Count(i => view.Embeddings.Vectors.Row(i)[0] > 0));
        CollectionAssert.AreNotEqual(
            view.Embeddings.Vectors.Values, EmbedArtifacts.ReadContent(changed.Stages[1].Folder).Views.Single().Embeddings.Vectors.Values);
    }

    [TestMethod]
    public async Task A_column_that_is_not_there_is_named_with_its_key()
    {
        WritePrices(1);

        var thrown = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => Embed("price", "stok"));

        StringAssert.Contains(thrown.Message, "Embed:Own:0:Columns:1 is 'stok'");
        StringAssert.Contains(thrown.Message, "did you mean 'stock'?");
    }

    private void WritePrices(double times)
    {
        var items = ParquetFiles.Reader().Read(Path.Combine(Log, "items.parquet"), ["item_id", "price"]).Single();
        Column id = ColumnsOf.Int64("item_id", [.. ColumnsOf.Boxed(items["item_id"]).Cast<long?>()]);
        Column price = ColumnsOf.Double("price", [.. items.Column<ValueColumn<double>>("price").Values.ToArray().Select(p => (double?)(p * times))]);
        Column stock = ColumnsOf.Int32("stock", [.. Enumerable.Repeat((int?)5, items.RowCount)]);
        using var writer = ParquetFiles.Writer().Create(Prices, [id.Field, price.Field, stock.Field]);
        writer.Append([id, price, stock], items.RowCount);
        writer.Complete();
    }

    private Task<RunReport> Embed(params string[] columns)
    {
        var night = SmallNight.Options(Log, Path.Combine(_folder, "out"));
        night.Embed.Model = EmbedOptions.NoModel;
        night.Embed.Own.Add(new OwnOptions { Name = "price", Path = Prices, Id = "item_id", Columns = columns });
        return SmallNight.Run(night, request: new RunRequest("embed"));
    }
}
