using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Tests.Cli;

[TestClass]
internal sealed class SafeTextTests
{
    [TestMethod]
    public void Control_characters_and_reordering_marks_are_shown_instead_of_obeyed()
    {
        Assert.AreEqual("\\u001b[2Jgone\\u0007\\u000d\\u000a\\u202e", SafeText.Line("\u001b[2Jgone\u0007\r\n\u202e"));
        Assert.AreEqual("LED TEA LIGHTS £1 é 茶", SafeText.Line("LED TEA LIGHTS £1 é 茶"));
        Assert.AreEqual("", SafeText.Line(null));
    }

    [TestMethod]
    public void Line_breaks_of_our_own_messages_stay() => Assert.AreEqual("a\nb\\u001b", SafeText.Lines("a\nb\u001b"));

    [TestMethod]
    public void Markup_in_data_is_only_text() => Assert.AreEqual("[[red]]SALE[[/]]", Screen.Cell("[red]SALE[/]"));
}
