using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Tests.Text;

[TestClass]
internal sealed class ReasonTextTests
{
    [TestMethod]
    [DataRow("en", "because_you_bought", "A|B|C", "Because you bought A, B and C")]
    [DataRow("EN", "because_you_bought", "A", "Because you bought A")]
    [DataRow("de", "because_you_bought", "A|B", "Weil Sie A und B gekauft haben")]
    [DataRow("de", "popular", "", "Bei allen beliebt")]
    [DataRow("zh", "similar_text", "茶壶|茶杯|茶", "与茶壶、茶杯和茶相似")]
    [DataRow("en", "rated_well", "A|B", "Similar to A and B, which you rated well")]
    [DataRow("de", "rated_well", "A|B", "Ähnlich wie A und B, von Ihnen gut bewertet")]
    [DataRow("zh", "rated_well", "茶壶|茶杯", "与您好评过的茶壶和茶杯相似")]
    [DataRow("en", "similar_text", "a {items} box", "Similar to a {items} box")]
    public void A_reason_is_a_sentence_of_its_language(string language, string code, string items, string expected) =>
        Assert.AreEqual(expected, ReasonText.In(language)!.For(code, items.Split('|', StringSplitOptions.RemoveEmptyEntries)));

    [TestMethod]
    public void Every_language_has_a_sentence_for_every_code()
    {
        CollectionAssert.AreEqual(new[] { "de", "en", "zh" }, ReasonText.Languages.ToArray());
        foreach (string language in ReasonText.Languages)
            foreach (string code in (string[])["because_you_bought", "similar_text", "popular", "promoted", "rated_well"])
                Assert.IsNotNull(ReasonText.In(language)!.For(code, ["a"]), $"{language} has no {code}");
    }

    [TestMethod]
    public void What_is_not_there_has_no_sentence()
    {
        Assert.IsNull(ReasonText.In("xx"));
        Assert.IsNull(ReasonText.In("en")!.For("unheard_of", []));
    }
}
