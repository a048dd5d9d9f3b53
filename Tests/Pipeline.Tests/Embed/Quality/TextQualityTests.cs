using Recsys.Batch.Benchmarks.TextQuality;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quality;

/// <summary>The encoder that we ship is better than TF-IDF, by a margin that a retrained one must keep.</summary>
[TestClass]
internal sealed class TextQualityTests
{
    private static readonly string Folder = ShippedEncoder.Find()!;
    private static readonly StageContext Context = StageContext.Quiet();
    private static readonly OnnxTextEncoder Encoder = OnnxTextEncoder.Open(Folder, new EmbedOptions { Device = EmbedDevice.Cpu }, Context);

    [ClassCleanup]
    public static void Close() => Encoder.Dispose();

    [TestMethod]
    public void Glosses_find_their_lemmas_better_than_word_pieces_do()
    {
        var (glosses, lemmas) = HeldOutTexts.WordNet(Folder);
        var (queries, targets) = (glosses[..1500], lemmas[..1500]);

        var found = TextSpaces.Of(queries, targets, Encoder, Context)
            .ToDictionary(s => s.Name, s => TextMeasures.Retrieval(s.Space, queries.Length, Context.Threads).ReciprocalRank);

        Assert.IsTrue(found[TextSpaces.Words] > 0.15, "TF-IDF is not a straw man");
        AssertAbove(1.3, found[TextSpaces.Encoder], found[TextSpaces.Pieces]);
        AssertAbove(2, found[TextSpaces.Encoder], found[TextSpaces.Words]);
    }

    [TestMethod]
    public void Neighbours_of_product_types_share_a_category_more_often_than_by_words()
    {
        string products = Path.Combine(Folder, "..", "complete-journey", "products.parquet");
        var (texts, categories) = HeldOutTexts.Products(ParquetFiles.Reader(), Folder, products, typeAlone: true);
        var names = categories.Distinct().ToList();
        int[] labels = [.. categories.Select(c => names.IndexOf(c))];

        var found = TextSpaces.Of(texts, null, Encoder, Context).ToDictionary(s => s.Name, s => TextMeasures.Agreement(s.Space, labels, 10, Context.Threads));

        Assert.IsTrue(found[TextSpaces.Words] > 0.09, "TF-IDF is not a straw man");
        AssertAbove(1.03, found[TextSpaces.Encoder], found[TextSpaces.Pieces]);
        AssertAbove(1.15, found[TextSpaces.Encoder], found[TextSpaces.Words]);
    }

    [TestMethod]
    public void A_word_that_is_misspelt_or_shortened_stays_near_itself()
    {
        var rows = Encoder.Encode(["chocolate cookies", "choclate cookies", "chclt cookies", "garden hose"], Context);

        float Cosine(int a, int b) => VectorMath.Dot(rows.Row(a), rows.Row(b));
        Assert.IsTrue(Cosine(0, 1) > Cosine(0, 3) + 0.3f);
        Assert.IsTrue(Cosine(0, 2) > Cosine(0, 3) + 0.3f);
    }

    private static void AssertAbove(double times, double value, double other) => Assert.IsTrue(value > times * other, $"{value} is not {times} times {other}");
}
