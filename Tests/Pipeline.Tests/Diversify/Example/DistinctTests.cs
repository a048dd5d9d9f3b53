using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Diversify.Example;

/// <summary>The diversifier that docs/add-a-diversifier.md shows, held to what every diversifier must do.</summary>
[TestClass]
internal sealed class DistinctTests : DiversifierConformance
{
    protected override DiversifierDefinition Definition => Distinct.Definition;

    [TestMethod]
    public void Docs_show_the_lines_that_were_run()
    {
        string root = RepositoryRoot.Path;
        string[] source = File.ReadAllLines(Path.Combine(root, "Tests", "Pipeline.Tests", "Diversify", "Example", "Distinct.cs"));
        int first = Array.IndexOf(source, "// docs/add-a-diversifier.md"), last = Array.LastIndexOf(source, "// docs/add-a-diversifier.md");
        string shown = string.Join('\n', source[(first + 1)..last]);
        StringAssert.Contains(File.ReadAllText(Path.Combine(root, "docs", "add-a-diversifier.md")), $"\n```csharp\n{shown}\n```\n", StringComparison.Ordinal);
    }
}
