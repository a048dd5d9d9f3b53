namespace Recsys.Batch.Jobs.Tests.Build;

/// <summary>A property that had a meaning until there was one build alone.</summary>
[TestClass]
internal sealed class RetiredStackTests : IDisposable
{
    private readonly BuildSandbox _build = new();

    public void Dispose() => _build.Dispose();

    [TestMethod]
    [DataRow("Asks/Asks.csproj", false)]
    [DataRow("Both.slnx", true)]
    public void Stack_warns_once_a_build_and_never_as_an_error(string entry, bool fromEnvironment)
    {
        string[] build = ["build", entry, "-p:Recommender=false", "-p:TreatWarningsAsErrors=true"];
        var said = fromEnvironment ? _build.Dotnet([("Stack", "MLNet")], build) : _build.Dotnet([.. build, "-p:Stack=MLNet"]);

        Assert.AreEqual(0, said.Exit, said.Said);
        // The summary that follows says every warning again.
        string before = said.Said[..said.Said.IndexOf("Build succeeded.", StringComparison.Ordinal)];
        Assert.AreEqual(1, before.Split("warning RECSYS001: Stack=MLNet has no meaning any more").Length - 1, said.Said);
        StringAssert.Contains(said.Said, "1 Warning(s)");
    }
}
