namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>Holds <c>docs/configuration.md</c> to the options that the program has.</summary>
[TestClass]
internal sealed class ConfigurationReferenceTests
{
    private static readonly string File = Path.Combine(Repository.Root, "docs", "configuration.md");

    private readonly ConfigurationReference _reference = new();

    [TestMethod]
    public void Page_is_what_the_options_classes_say()
    {
        string page = _reference.Page();
        // Set to write the page again, after options or their summaries have changed.
        if (Environment.GetEnvironmentVariable("RECSYS_WRITE_DOCS") == "1") System.IO.File.WriteAllText(File, page);
        string[] expected = page.TrimEnd('\n').Split('\n'), found = System.IO.File.ReadAllLines(File);
        for (int line = 0; line < Math.Min(expected.Length, found.Length); line++)
            Assert.AreEqual(expected[line], found[line], $"docs/configuration.md, line {line + 1}; RECSYS_WRITE_DOCS=1 writes the page again");
        Assert.HasCount(expected.Length, found, "docs/configuration.md; RECSYS_WRITE_DOCS=1 writes the page again");
    }

    [TestMethod]
    public void Every_option_and_section_has_a_description()
    {
        var without = _reference.WithoutDescription();

        Assert.IsEmpty(without, "these lack a <summary> in their options class: " + string.Join(", ", without));
    }
}
