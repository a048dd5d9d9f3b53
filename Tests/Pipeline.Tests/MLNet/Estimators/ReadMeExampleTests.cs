using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.MLNet.Estimators;

namespace Recsys.Batch.Pipeline.Tests.MLNet.Estimators;

/// <summary>What docs/ml-net.md shows an ML.NET program, line by line as it stands there, run.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ReadMeExampleTests
{
    private sealed class Order
    {
        public string CustomerId { get; set; } = "";

        public string Sku { get; set; } = "";

        public float Quantity { get; set; } = 1;
    }

    [TestMethod]
    public void The_example_recommends()
    {
        // Customers buy either even or odd skus, and not all of them.
        static IEnumerable<Order> Of(string customer, int number) =>
            from s in Enumerable.Range(0, 20)
            where s % 2 == number % 2 && s / 2 != number / 2 % 10
            select new Order { CustomerId = customer, Sku = $"s{s}" };
        string before = Environment.CurrentDirectory;
        string folder = Directory.CreateTempSubdirectory("recsys-readme-mlnet-").FullName;
        Environment.CurrentDirectory = folder;
        try
        {
            var data = new MLContext().Data;
            var (scored, byId, newcomers) = Run(
                data.LoadFromEnumerable(Enumerable.Range(0, 40).SelectMany(c => Of($"c{c}", c))), data.LoadFromEnumerable(Of("late", 7)));

            Assert.IsTrue(scored.GetColumn<float>("Score").All(s => s > 0.5f));
            string[] skus = [.. byId.GetColumn<string>("Sku")];
            Assert.HasCount(400, skus);
            for (int customer = 0; customer < 40; customer++)
                Assert.AreEqual($"s{customer / 2 % 10 * 2 + customer % 2}", skus[10 * customer], $"customer {customer}");
            Assert.AreEqual(1, newcomers.Users);
            Assert.AreEqual("s7", Skus(newcomers));
            Assert.IsTrue(File.Exists("model.zip"));
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Skus(TopRecommendations lists)
    {
        var rows = lists.ToDataView();
        return new MLContext().Transforms.Conversion.MapKeyToValue("Sku", "Item").Fit(rows).Transform(rows).GetColumn<string>("Sku").First();
    }

    private static (IDataView Scored, IDataView ById, TopRecommendations Newcomers) Run(IDataView orders, IDataView lateOrders)
    {
        // README
        var ml = new MLContext();
        var options = new ImplicitAlsOptions
        {
            MatrixRowIndexColumnName = "User",
            MatrixColumnIndexColumnName = "Item",
            LabelColumnName = "Quantity",
            Als = { Rank = 32 },
        };
        var userKeys = ml.Transforms.Conversion.MapValueToKey("User", "CustomerId");
        var itemKeys = ml.Transforms.Conversion.MapValueToKey("Item", "Sku");
        var pipeline = itemKeys.Append(userKeys).Append(ml.Recsys().ImplicitAls(options));
        ml.Model.Save(pipeline.Fit(orders), orders.Schema, "model.zip");

        // In this program or another one, which needs our assembly beside it.
        var model = ml.Model.Load("model.zip", out _);
        var scored = model.Transform(orders);
        var recommender = ml.Recsys().RecommenderOf(model);
        var lists = recommender.RecommendTopN(scored, 10).ToDataView();
        var byId = ml.Transforms.Conversion.MapKeyToValue("Sku", "Item").Fit(lists).Transform(lists);

        // Customers who came after training: keys of their own, the items' keys as they were.
        var late = userKeys.Fit(lateOrders).Transform(itemKeys.Fit(orders).Transform(lateOrders));
        var newcomers = recommender.FoldIn(late).RecommendTopN(late, 10);
        // README
        return (scored, byId, newcomers);
    }

    [TestMethod]
    public void Docs_show_the_lines_that_were_run()
    {
        string root = Root();
        string[] source = File.ReadAllLines(Path.Combine(root, "Tests", "Pipeline.Tests", "MLNet", "Estimators", "ReadMeExampleTests.cs"));
        int first = Array.IndexOf(source, "        // README"), last = Array.LastIndexOf(source, "        // README");
        string shown = string.Join('\n', source[(first + 1)..last].Select(l => l.Length > 8 ? l[8..] : l));
        StringAssert.Contains(File.ReadAllText(Path.Combine(root, "docs", "ml-net.md")), $"\n```csharp\n{shown}\n```\n", StringComparison.Ordinal);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Recsys.Batch.sln"))) return folder.FullName;
        throw new InvalidOperationException("the tests must run from a build inside the repository");
    }
}
