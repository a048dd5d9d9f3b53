using System.Text.RegularExpressions;

namespace Recsys.Batch.Pipeline.Tests.Architecture;

/// <summary>What CONTRIBUTING.md says of lines and of the names of tests; the compiler looks at neither.</summary>
[TestClass]
internal sealed partial class SourceStyleTests
{
    private const int Columns = 160;
    private const int NameLength = 70;

    [TestMethod]
    public void Lines_of_sources_have_at_most_160_columns()
    {
        var lines = Lines("Pipeline", "Jobs", "Tests");

        string[] tooLong = [.. lines.Where(l => l.Text.Length > Columns).Select(l => $"{l.Place}: {l.Text.Length} columns")];

        Assert.IsEmpty(tooLong, $"lines of more than {Columns} columns:\n{string.Join('\n', tooLong)}");
    }

    [TestMethod]
    public void Names_of_tests_have_at_most_70_characters()
    {
        var names = Lines("Tests").Select(l => (l.Place, Name: TestName().Match(l.Text).Groups[1].Value));

        string[] tooLong = [.. names.Where(n => n.Name.Length > NameLength).Select(n => $"{n.Place}: {n.Name} has {n.Name.Length} characters")];

        Assert.IsEmpty(tooLong, $"names of more than {NameLength} characters:\n{string.Join('\n', tooLong)}");
    }

    private static IEnumerable<(string Place, string Text)> Lines(params string[] folders) =>
        from folder in folders
        from path in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.cs*", SearchOption.AllDirectories)
        where Path.GetExtension(path) is ".cs" or ".cshtml"
        let file = Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/')
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        orderby file
        from line in File.ReadLines(path).Index()
        select ($"{file}:{line.Index + 1}", line.Item);

    [GeneratedRegex(@"^\s*public (?:\w+ )*(?:void|Task) (\w+)\(")]
    private static partial Regex TestName();
}
