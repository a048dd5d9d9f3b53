using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Train.Example;

/// <summary>The trainer that docs/add-a-trainer.md shows, held to what every trainer must do.</summary>
[TestClass]
internal sealed class AlsoBoughtTests : TrainerConformance
{
    static AlsoBoughtTests() => TrainerCatalog.Register(AlsoBoughtTrainer.Name, _ => new AlsoBoughtTrainer(new AlsoBoughtOptions()), AlsoBoughtModel.Load);

    protected override ITrainer Trainer => new AlsoBoughtTrainer(new AlsoBoughtOptions());

    [TestMethod]
    public void Docs_show_the_lines_that_were_run()
    {
        string root = RepositoryRoot.Path;
        string[] source = File.ReadAllLines(Path.Combine(root, "Tests", "Pipeline.Tests", "Train", "Example", "AlsoBought.cs"));
        int first = Array.IndexOf(source, "// docs/add-a-trainer.md"), last = Array.LastIndexOf(source, "// docs/add-a-trainer.md");
        string shown = string.Join('\n', source[(first + 1)..last]);
        StringAssert.Contains(File.ReadAllText(Path.Combine(root, "docs", "add-a-trainer.md")), $"\n```csharp\n{shown}\n```\n", StringComparison.Ordinal);
    }
}
