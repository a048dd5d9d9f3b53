using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Cli.Evaluation;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.LibMf;

namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>Writes <c>docs/configuration.md</c> from the options classes: what they are called, their defaults and the summaries of their properties.</summary>
internal sealed partial class ConfigurationReference
{
    /// <summary>Texts that are one of a number of names, which their type does not know.</summary>
    private static readonly Dictionary<string, IEnumerable<string>> Names = new()
    {
        ["Ingest:Bots:Kinds:N"] = EventKinds.Names,
        ["Ingest:Events:N:DefaultKind"] = EventKinds.Names,
        ["Ingest:Events:N:KindMap:NAME"] = EventKinds.Names,
        ["Ingest:HoldOut:TestKinds:N"] = EventKinds.Names,
        ["Schedules:NAME:Job"] = JobNames.All,
        ["Train:Algorithm"] = InAnyBuild([AutoOptions.Name, .. TrainerCatalog.Names]),
        ["Train:Baselines:N"] = InAnyBuild(TrainerCatalog.Names).Where(n => n != ImportedTrainer.Name),
        ["Train:Ensemble:Members:NAME:Algorithm"] = InAnyBuild(TrainerCatalog.MemberNames),
        ["Tune:Algorithms:N"] = InAnyBuild(TrainerCatalog.Names),
    };

    private readonly OptionTree _tree = new(new PipelineOptions(), new HostSections(), new EvalSections());
    private readonly XmlSummaries _summaries;

    /// <exception cref="InvalidOperationException">Names are given for a key that there is not.</exception>
    public ConfigurationReference()
    {
        _summaries = new XmlSummaries(_tree.NameOf).Add(typeof(PipelineOptions).Assembly).Add(typeof(HostSections).Assembly);
        foreach (string path in Names.Keys.Except(Keys.Select(k => k.Key.Path)))
            throw new InvalidOperationException($"{path} is not a key, and names are given for it in {nameof(Names)}; expected the key of an option");
    }

    /// <summary>Every key, with what the page says it does; null where nothing says so.</summary>
    public IEnumerable<(OptionKey Key, string? Description)> Keys => _tree.Sections.SelectMany(s => s.Keys).Select(k => (k, Description(k)));

    /// <summary>Keys and sections of which no summary says what they do.</summary>
    public IReadOnlyList<string> WithoutDescription() =>
    [
        .. _tree.Sections.Where(s => Summary(s).Length == 0).Select(s => s.Path),
        .. Keys.Where(k => k.Description is null).Select(k => k.Key.Path),
    ];

    public string Page()
    {
        var page = new StringBuilder(ConfigurationPreface.Text);
        page.Append("\n| section | what |\n| --- | --- |\n");
        foreach (var section in _tree.Sections.Where(IsTop)) page.Append(Row(Link(section), Summary(section)));
        page.Append(ConfigurationPreface.Retired(RetiredKeys.OfThisVersion)).Append(ConfigurationPreface.Renamed(RenamedKeys.OfThisVersion));
        foreach (var section in _tree.Sections) Write(page, section);
        return page.ToString();
    }

    private static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>A row of a table. A bar would end a cell, in code too, so it is escaped.</summary>
    internal static string Row(params IReadOnlyList<string?> cells) =>
        $"| {string.Join(" | ", cells.Select(c => c?.Replace("|", @"\|", StringComparison.Ordinal)))} |\n";

    /// <summary>Sections by name at the top, as <c>Schedules:NAME</c>, are top sections too.</summary>
    private static bool IsTop(OptionSection section) =>
        !section.Path.Replace(":" + OptionTree.Name, "", StringComparison.Ordinal).Contains(':', StringComparison.Ordinal);

    private void Write(StringBuilder page, OptionSection section)
    {
        page.Append(Culture, $"\n{(IsTop(section) ? "##" : "###")} {section.Path}\n\n{Summary(section)}\n");
        if (_tree.AreSiblings(section.Type))
            page.Append(Culture, $"\n`{OptionTree.Name}` is a key above that refers to here. The defaults in its row go before those below.\n");
        else if (section.Others.Count > 0)
            page.Append(Culture, $"\nThe same keys stand under {string.Join(", ", section.Others.Select(XmlSummaries.Code))}.\n");
        page.Append("\n| key | type | default | what it does |\n| --- | --- | --- | --- |\n");
        foreach (var key in section.Keys)
            page.Append(Row(XmlSummaries.Code(key.Path), TypeOf(key), DefaultOf(key), Description(key)));
    }

    /// <summary>What the section is for, without its name, which stands above it; empty where nothing says so.</summary>
    private string Summary(OptionSection section)
    {
        string text = OwnName().Replace(_summaries.Of(section.Type) ?? "", "");
        return text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>A property without a summary is described by its type where that says it all.</summary>
    private string? Description(OptionKey key)
    {
        string? own = _summaries.Of(key.Property);
        if (key.IsSection)
        {
            if (own is null && _tree.AreSiblings(key.Type)) return null;
            string see = $"See {Link(_tree.Of(key.Type))}.";
            return own is null ? see : $"{own} {see}";
        }
        if (!key.Type.IsEnum || (own ?? _summaries.Of(key.Type)) is not { } what) return own;
        var values = Enum.GetNames(key.Type).Select(v => (Name: v, Text: _summaries.OfEnumValue(key.Type, v))).Where(v => v.Text is not null);
        return string.Concat(values.Select(v => $"<br>`{v.Name}`: {v.Text}").Prepend(what));
    }

    private static string TypeOf(OptionKey key) => (key.Shape, key.IsSection) switch
    {
        (OptionShape.One, true) => "section",
        (OptionShape.One, false) => Words(key),
        (OptionShape.List, true) => "list of sections",
        (OptionShape.List, false) => $"list: {Words(key)}",
        (_, true) => "sections by name",
        _ => $"by name: {Words(key)}",
    };

    private static string Words(OptionKey key) =>
        Names.TryGetValue(key.Path, out var names) ? string.Join(", ", names.Select(XmlSummaries.Code)) : Words(key.Type);

    /// <summary>The page is the same whether or not the build has Microsoft.ML.Recommender.</summary>
    private static IEnumerable<string> InAnyBuild(IEnumerable<string> trainers) => trainers.Union(LibMfAlgorithms.Names).Order(StringComparer.Ordinal);

    private static string Words(Type type) =>
        type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(XmlSummaries.Code))
        : type == typeof(string) ? "text"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "duration"
        : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "number"
        : type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(uint) ? "whole number"
        : throw new NotSupportedException($"an option is of type {type}, for which this page has no words");

    private string DefaultOf(OptionKey key)
    {
        if (key.Shape == OptionShape.One && key is { IsSection: true, Default: { } section })
            return string.Join(", ", Differences(section, _tree.Of(key.Type)).Select(d => $"`{d.Name}` {d.Value}"));
        return Value(key.Default);
    }

    /// <summary>Where a section's values at one place are others than those in its own table.</summary>
    private static IEnumerable<(string Name, string Value)> Differences(object section, OptionSection documented) =>
        from key in documented.Keys
        where !key.IsSection
        let value = Value(key.Property.GetValue(section))
        where value != Value(key.Default)
        select (key.Property.Name, value);

    /// <summary>A default as one would write it.</summary>
    private static string Value(object? value) => value switch
    {
        null or "" => "none",
        string text => XmlSummaries.Code(text),
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => XmlSummaries.Code(time.ToString("c", Culture)),
        IEnumerable many => string.Join(", ", many.Cast<object?>().Select(Value)) is { Length: > 0 } list ? list : "none",
        IFormattable number => XmlSummaries.Code(number.ToString(null, Culture)),
        _ => throw new NotSupportedException($"a default is of type {value.GetType()}, for which this page has no form"),
    };

    private static string Link(OptionSection section) =>
        $"[{section.Path}](#{section.Path.ToLowerInvariant().Replace(":", "", StringComparison.Ordinal)})";

    [GeneratedRegex(@"^(One entry of s|S)ection `[A-Za-z:]+`[:;,.]? *|^One entry of `[A-Za-z:]+`: *")]
    private static partial Regex OwnName();
}
