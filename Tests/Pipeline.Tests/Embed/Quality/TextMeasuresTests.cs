using Recsys.Batch.Benchmarks.TextQuality;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quality;

[TestClass]
internal sealed class TextMeasuresTests
{
    [TestMethod]
    public void Agreement_counts_neighbours_of_the_same_label_but_not_the_text_itself()
    {
        // 0 and 1 are close, 2 and 3 are close; 1 has the label of the other pair.
        var space = new Table(
            [
                [9, 5, 1, 0],
                [5, 9, 2, 2],
                [1, 2, 9, 7],
                [0, 2, 7, 9],
            ]);

        Assert.AreEqual((0 + 0 + 1 + 1) / 4.0, TextMeasures.Agreement(space, [0, 1, 1, 1], 1, 2));
        Assert.AreEqual(
            (0 + 0.5 + 1 + 1) / 4.0, TextMeasures.Agreement(space, [0, 1, 1, 1], 2, 2), "of equal ones the first counts: 1's neighbors are 0 and 2");
    }

    [TestMethod]
    public void Equal_scores_share_the_middle_of_their_ranks()
    {
        var space = new Table(
            [
                [3, 1, 1],
                [0, 0, 0],
                [5, 5, 1],
            ]);

        var (at1, at10, reciprocal) = TextMeasures.Retrieval(space, 3, 2);

        Assert.AreEqual(1 / 3.0, at1, 1e-12);
        Assert.AreEqual(1, at10, 1e-12);
        Assert.AreEqual((1 + 0.5 + (1 / 3.0)) / 3, reciprocal, 1e-12);
    }

    [TestMethod]
    public void A_labels_words_go_out_of_a_text_in_singular_and_plural()
    {
        Assert.AreEqual("frzn and ice", LabelWords.Without("FRZN PIZZA and Pizzas/ICE", "PIZZA - FROZEN"));
        Assert.AreEqual("fresh", LabelWords.Without("Fresh cookie", "COOKIES/CONES"));
    }

    [TestMethod]
    public void A_misspelt_title_differs_in_one_word_and_always_the_same_way()
    {
        string[] changed = [.. Enumerable.Range(0, 50).Select(i => Misspelling.Of("red heart mug cake", (ulong)i))];

        foreach (string title in changed)
        {
            string[] words = title.Split(' ');
            Assert.AreEqual("red", words[0]);
            Assert.AreEqual("mug", words[2]);
            Assert.IsTrue(words[1] == "heart" ^ words[3] == "cake", title);
        }
        Assert.IsTrue(changed.Distinct().Count() > 8);
        CollectionAssert.AreEqual(changed, Enumerable.Range(0, 50).Select(i => Misspelling.Of("red heart mug cake", (ulong)i)).ToArray());
        Assert.AreEqual("tea 12 oz", Misspelling.Of("tea 12 oz", 1));
    }

    private sealed class Table(float[][] scores) : ITextSpace
    {
        public void Scores(int query, Span<float> into) => scores[query].CopyTo(into);
    }
}
