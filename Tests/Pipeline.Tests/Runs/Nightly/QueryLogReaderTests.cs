using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class QueryLogReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-queries-").FullName;
    private readonly FakeParquet _parquet = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Searches_of_known_users_count_and_nobody_elses()
    {
        // bob is in no event log, or asked to be forgotten: the map of users has no such id.
        var users = new IdMap(4);
        users.Add("eve");
        users.Add("ann");
        Log(["ann", "bob", null, "ann", "eve"], ["tea", "tea", "tea", "", "cup"], [300, 200, 100, 50, 100]);

        var log = Reader().Read(users, StageContext.Quiet(1))!;

        CollectionAssert.AreEqual(new[] { 0, 1 }, log.Users);
        CollectionAssert.AreEqual(new[] { "cup", "tea" }, log.Queries.ToArray());
        CollectionAssert.AreEqual(new[] { 0, 1 }, log.Texts);
        CollectionAssert.AreEqual(new[] { 100u, 300u }, log.Seconds);
        Assert.HasCount(1, Reader().Sources());
    }

    [TestMethod]
    public void A_wrong_path_or_column_is_named_with_its_key()
    {
        Log(["ann"], ["tea"], [1]);
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => Reader(path: "nowhere").Read(new IdMap(), StageContext.Quiet(1))).Message,
            "Places:QueryResults:Path is 'nowhere'");
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => Reader(query: "words").Read(new IdMap(), StageContext.Quiet(1))).Message,
            "Places:QueryResults:Columns:Query is 'words'");
    }

    [TestMethod]
    public void Without_a_path_there_is_no_log()
    {
        Assert.IsNull(Reader(path: null).Read(new IdMap(), StageContext.Quiet(1)));
        Assert.HasCount(0, Reader(path: null).Sources());
    }

    private void Log(string?[] users, string[] queries, long[] seconds) =>
        _parquet.Add(Path.Combine(_folder, "log", "searches.parquet"), ("who", users), ("what", queries), ("at", seconds));

    private QueryLogReader Reader(string? path = "", string query = "what") => new(
        new QueryResultsOptions
        {
            Path = path == "" ? Path.Combine(_folder, "log") : path,
            Columns = new QueryColumns { User = "who", Query = query, Time = "at" },
        },
        new IngestOptions(), _parquet);
}
