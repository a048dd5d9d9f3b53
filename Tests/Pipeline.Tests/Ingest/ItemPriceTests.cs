using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Parquet;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class ItemPriceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("float", "9.99", 9.99)]
    [DataRow("float", "2.36", 2.36)]
    [DataRow("float", "1234567.25", 1234567.2)]
    [DataRow("double", "2.36", 2.36)]
    [DataRow("double", "1234567.25", 1234567.25)]
    [DataRow("double", "9.989999771118164", 9.989999771118164)]
    [DataRow("int", "7", 7.0)]
    [DataRow("long", "16777217", 16777217.0)]
    [DataRow("text", "'1,234.50'", 1234.5)]
    public void A_price_is_the_shortest_decimal_of_what_the_file_holds(string type, string value, double expected) =>
        Assert.AreEqual(expected, Prices($"id:text, price:{type}", $"['a', {value}], ['b', null]")["a"]);

    [TestMethod]
    [DataRow("float", "2.36", 2.36)]
    [DataRow("float", "0.1", 0.1)]
    [DataRow("float", "999999.94", 999999.94)]
    [DataRow("double", "9.99", 9.99)]
    [DataRow("double", "123456.78", 123456.78)]
    [DataRow("double", "999999.99", 999999.99)]
    [DataRow("double", "0.123456789", 0.123456789)]
    [DataRow("text", "'99,999.95'", 99999.95)]
    [DataRow("long", "16777217", 16777217.0)]
    public void A_price_of_the_log_is_the_median_to_the_last_digit(string type, string value, double expected) =>
        Assert.AreEqual(expected, Prices("id:text, price:double", "['a', 5]", type, value)["b"]);

    [TestMethod]
    public void A_price_of_the_log_is_exact_in_the_state_of_later_nights()
    {
        Prices("id:text, price:double", "['a', 5]", "double", "1234567.89");
        string state = Directory.GetFiles(_folder.File("out"), IngestArtifacts.State).Single();

        Assert.Contains(1234567.89, IngestState.Read(state).Events.Prices!);
    }

    private Dictionary<string, double> Prices(string columns, string rows, string type = "double", string value = "2.36")
    {
        Directory.CreateDirectory(_folder.File("log"));
        ForeignFiles.Write(
            _folder.File("log", "a.parquet"), $"user:text, item:text, time:long, price:{type}",
            $"['u', 'a', 1700000000, {value}], ['v', 'b', 1700000100, {value}], ['u', 'b', 1700000200, {value}]");
        var options = new IngestOptions
        {
            MaxPrice = 1e9,
            Items = new() { Path = ForeignFiles.Write(_folder.File("items.parquet"), columns, rows), Columns = new() { Id = "id", Price = "price" } },
        };
        options.Events.Add(new() { Path = _folder.File("log"), Columns = new() { User = "user", Item = "item", Time = "time", Price = "price" } });
        var result = new IngestStage(ParquetFiles.Reader(), ParquetFiles.Writer()).Run(
            new IngestInputs(), options, _folder.File("out"), StageContext.Quiet(1));
        return Enumerable.Range(0, result.Items.Count).ToDictionary(result.Items.Text, i => result.Catalog.Prices[i]);
    }
}
