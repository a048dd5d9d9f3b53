using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>
/// The <c>summary</c> texts of types, properties and enum values as Markdown of one line, from the documentation files that the build writes beside the
/// assemblies.
/// </summary>
/// <param name="nameOf">What a page calls the member with a documentation id such as <c>P:Namespace.Type.Property</c>.</param>
internal sealed partial class XmlSummaries(Func<string, string> nameOf)
{
    private readonly Dictionary<string, XElement> _summaries = [];

    /// <exception cref="FileNotFoundException">The build wrote no documentation file for <paramref name="assembly"/>.</exception>
    public XmlSummaries Add(Assembly assembly)
    {
        var file = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        foreach (var member in file.Descendants("member"))
            if (member.Element("summary") is { } summary) _summaries[member.Attribute("name")!.Value] = summary;
        return this;
    }

    /// <summary>Null where there is none.</summary>
    public string? Of(Type type) => Text(Id(type));

    /// <summary>Null where there is none.</summary>
    public string? Of(PropertyInfo property) => Text(Id(property));

    /// <summary>Null where there is none.</summary>
    public string? OfEnumValue(Type type, string name) => Text($"F:{Id(type)[2..]}.{name}");

    public static string Id(Type type) => "T:" + type.FullName!.Replace('+', '.');

    public static string Id(PropertyInfo property) => $"P:{Id(property.DeclaringType!)[2..]}.{property.Name}";

    private string? Text(string id) => _summaries.TryGetValue(id, out var summary) && Render(summary) is { Length: > 0 } text ? text : null;

    private string Render(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Render)), " ").Trim();

    private string Render(XNode node) => node switch
    {
        XText text => Escape(text.Value),
        XElement { Name.LocalName: "c" } code => Code(code.Value),
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } member => Code(nameOf(member.Value)),
        XElement { Name.LocalName: "see" } see when see.Attribute("langword") is { } word => Code(word.Value),
        XElement { Name.LocalName: "paramref" } parameter => Code(parameter.Attribute("name")!.Value),
        XElement other => throw new NotSupportedException($"a summary has <{other.Name.LocalName}>, which has no Markdown here; expected c, see or paramref"),
        _ => "",
    };

    /// <summary>What Markdown would take as a mark is escaped.</summary>
    private static string Escape(string text) => MarkdownMarks().Replace(text, @"\$&");

    internal static string Code(string text) => $"`{Spaces().Replace(text, " ")}`";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\\*<\[]")]
    private static partial Regex MarkdownMarks();
}
