using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Tests.Embed.Lexical;

[TestClass]
internal sealed class TfIdfTests
{
    private static readonly string?[] Four = ["Red heart mug", "red RED heart candle, red!", "Mug of tea (100ml)", null];

    [TestMethod]
    public void Words_weigh_as_scikit_learn_weighs_them()
    {
        var model = TfIdf.Fit(Four);
        var rows = model.Transform(Four);

        // TfidfVectorizer(sublinear_tf=True, token_pattern='[a-z0-9]+') of scikit-learn 1.2.1.
        CollectionAssert.AreEqual(new[] { "100ml", "candle", "heart", "mug", "of", "red", "tea" }, model.Terms.ToArray());
        AssertRow(rows, 0, [2, 3, 5], [0.57735, 0.57735, 0.57735]);
        AssertRow(rows, 1, [1, 2, 5], [0.478957, 0.377615, 0.792469]);
        AssertRow(rows, 2, [0, 3, 4, 6], [0.525473, 0.414289, 0.525473, 0.525473]);
        AssertRow(rows, 3, [], []);
        CollectionAssert.AreEqual(new[] { 1, 1, 2, 2, 1, 2, 1 }, model.TextsOf.ToArray());
    }

    [TestMethod]
    public void Word_pieces_have_the_cosines_that_scikit_learn_gives()
    {
        string[] texts = ["Red heart mug", "red RED heart candle red", "Mug of tea 100ml", "a"];

        var model = TfIdf.Fit(texts, new TfIdfOptions { Unit = LexicalUnit.WordPieces });
        var rows = model.Transform(texts);

        // TfidfVectorizer(sublinear_tf=True, analyzer='char_wb', ngram_range=(3, 5)).
        Assert.AreEqual(61, model.Terms.Count);
        Assert.AreEqual(0.634667, Cosine(rows, 0, 1), 1e-5);
        Assert.AreEqual(0.194174, Cosine(rows, 0, 2), 1e-5);
        Assert.AreEqual(0, Cosine(rows, 1, 2), 1e-5);
        Assert.AreEqual(1, Cosine(rows, 3, 3), 1e-5);
    }

    [TestMethod]
    public void A_word_shorter_than_the_runs_counts_once_and_whole()
    {
        var model = TfIdf.Fit(["a bc tea"], new TfIdfOptions { Unit = LexicalUnit.WordPieces, MinLength = 4, MaxLength = 5 });

        CollectionAssert.AreEqual(new[] { " a ", " bc ", " tea", " tea ", "tea " }, model.Terms.ToArray());
    }

    [TestMethod]
    public void Letters_of_every_script_make_words_and_half_a_character_parts_them()
    {
        var model = TfIdf.Fit(["Čaj ÉCLAIR 紅茶 \ud83c\udf75mug\ud83c cup"]);

        CollectionAssert.AreEqual(new[] { "cup", "mug", "éclair", "čaj", "紅茶" }, model.Terms.ToArray());
    }

    [TestMethod]
    public void Terms_are_kept_by_the_texts_they_are_in()
    {
        string[] texts = ["a b c", "a b", "a d", "a b"];

        CollectionAssert.AreEqual(new[] { "b" }, TfIdf.Fit(texts, new TfIdfOptions { MinTexts = 2, MaxShare = 0.75 }).Terms.ToArray());
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, TfIdf.Fit(texts, new TfIdfOptions { MaxTerms = 3 }).Terms.ToArray());
    }

    [TestMethod]
    public void A_text_of_unknown_words_is_an_empty_row()
    {
        var rows = TfIdf.Fit(Four).Transform(["green plate", "green mug"]);

        AssertRow(rows, 0, [], []);
        AssertRow(rows, 1, [3], [1]);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => TfIdf.Fit(Four, new TfIdfOptions { MaxShare = 0, MinLength = 6 }));

        StringAssert.Contains(thrown.Message, "TfIdf:MaxShare is 0");
        StringAssert.Contains(thrown.Message, "TfIdf:MaxLength is 5");
    }

    private static double Cosine(SparseRows rows, int a, int b)
    {
        double sum = 0;
        for (int k = 0; k < rows.RowLength(a); k++)
        {
            int at = rows.RowIndices(b).BinarySearch(rows.RowIndices(a)[k]);
            if (at >= 0) sum += rows.RowValues(a)[k] * rows.RowValues(b)[at];
        }
        return sum;
    }

    private static void AssertRow(SparseRows rows, int row, int[] indices, double[] values)
    {
        CollectionAssert.AreEqual(indices, rows.RowIndices(row).ToArray());
        for (int k = 0; k < values.Length; k++) Assert.AreEqual(values[k], rows.RowValues(row)[k], 1e-5);
    }
}
