using System.Text;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tokenize;

[TestClass]
internal sealed class NormalFormTests
{
    // Lines of NormalizationTest.txt of the Unicode standard: source, NFC, NFD, NFKC, NFKD.
    [TestMethod]
    [DataRow("1E0A", "1E0A", "0044 0307", "1E0A", "0044 0307")]
    [DataRow("1E0A 0323", "1E0C 0307", "0044 0323 0307", "1E0C 0307", "0044 0323 0307")]
    [DataRow("0044 0307 0323", "1E0C 0307", "0044 0323 0307", "1E0C 0307", "0044 0323 0307")]
    [DataRow("1E14 0304", "1E14 0304", "0045 0304 0300 0304", "1E14 0304", "0045 0304 0300 0304")]
    [DataRow(
        "05B8 05B9 05B1 0591 05C3 05B0 05AC 059F", "05B1 05B8 05B9 0591 05C3 05B0 05AC 059F", "05B1 05B8 05B9 0591 05C3 05B0 05AC 059F",
        "05B1 05B8 05B9 0591 05C3 05B0 05AC 059F", "05B1 05B8 05B9 0591 05C3 05B0 05AC 059F")]
    [DataRow("1100 AC00 11A8", "1100 AC01", "1100 1100 1161 11A8", "1100 AC01", "1100 1100 1161 11A8")]
    [DataRow("FB01", "FB01", "FB01", "0066 0069", "0066 0069")]
    [DataRow("1E9B 0323", "1E9B 0323", "017F 0323 0307", "1E69", "0073 0323 0307")]
    [DataRow("1D160", "1D158 1D165 1D16E", "1D158 1D165 1D16E", "1D158 1D165 1D16E", "1D158 1D165 1D16E")]
    [DataRow("3382", "3382", "3382", "03BC 0041", "03BC 0041")]
    [DataRow("00C5 212B", "00C5 00C5", "0041 030A 0041 030A", "00C5 00C5", "0041 030A 0041 030A")]
    public void The_four_forms_are_those_of_the_standard(string source, string c, string d, string kc, string kd)
    {
        Assert.AreEqual(c, Form(source, compose: true, compatible: false));
        Assert.AreEqual(d, Form(source, compose: false, compatible: false));
        Assert.AreEqual(kc, Form(source, compose: true, compatible: true));
        Assert.AreEqual(kd, Form(source, compose: false, compatible: true));
    }

    [TestMethod]
    public void Composing_what_was_decomposed_gives_every_characters_composed_form()
    {
        for (int point = 0; point <= 0x10FFFF; point++)
        {
            if (!Rune.IsValid(point) || CodePoints.CanonicalDecomposition(point) is null && point is < 0xAC00 or > 0xD7A3) continue;
            string source = point.ToString("X4");
            string composed = Form(source, compose: true, compatible: false);
            Assert.AreEqual(composed, Form(Form(source, compose: false, compatible: false), compose: true, compatible: false), source);
        }
    }

    private static string Form(string hex, bool compose, bool compatible)
    {
        var buffer = new TextBuffer();
        buffer.Reset(string.Concat(hex.Split(' ').Select(h => char.ConvertFromUtf32(Convert.ToInt32(h, 16)))));
        if (compose) NormalForm.Compose(buffer, compatible);
        else NormalForm.Decompose(buffer, compatible);
        return string.Join(' ', buffer.Text.ToString().EnumerateRunes().Select(r => r.Value.ToString("X4")));
    }
}
