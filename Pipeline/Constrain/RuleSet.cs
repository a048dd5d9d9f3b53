using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>
/// The rules of one night, laid out over its items and users. Memory: a bit an item for every rule and every profile (users of one segment and of equal
/// attributes), 4 bytes an item for every cap and boosted profile, 4 bytes a user.
/// </summary>
internal sealed class RuleSet : IListConstraints
{
    /// <summary>Different users as rules see them, at most: a user's own id is no attribute to go by.</summary>
    public const int MaxProfiles = 10_000;

    private readonly IReadOnlyList<Rule> _rules;
    private readonly ItemSet?[] _items;
    private readonly ListCap?[] _caps;
    private readonly List<UserProfile> _profiles = [];
    private readonly int[] _profileOf;
    private readonly ItemSet? _asked;

    /// <param name="rules">All rules of the file; those that do not hold at <paramref name="moment"/> are left out.</param>
    /// <param name="moment">What now is; null in a log without time.</param>
    /// <param name="without">A rule to leave out, by number, to see what it costs; 0: none.</param>
    public RuleSet(IReadOnlyList<Rule> rules, RuleItems items, RuleUsers users, DateTime? moment, int without = 0)
    {
        All = rules;
        Names = [.. rules.Select(r => r.Name)];
        Items = items;
        Users = users;
        _rules = [.. rules.Where(r => r.HoldsAt(moment) && r.Number != without)];
        _items = [.. _rules.Select(r => r.Where.Count == 0 ? null : items.Where(r.Where))];
        _caps = [.. _rules.Select((r, at) => r.Kind == RuleKind.Cap ? new ListCap(r, Groups(r, _items[at])) : null)];
        _profileOf = new int[users.Count];
        Profile(users);
        EverybodyRuledOut = Shared();
        foreach (var (at, rule) in _rules.Index())
        {
            // A floor of all items asks for none more than for others.
            if (!rule.Places && rule.Kind != RuleKind.Floor || _items[at] is not { } wanted) continue;
            (_asked ??= new ItemSet(items.Count)).Add(wanted);
        }
    }

    /// <summary>All rules of the file, by number less 1.</summary>
    public IReadOnlyList<Rule> All { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Those that hold tonight.</summary>
    public IReadOnlyList<Rule> Active => _rules;

    public RuleItems Items { get; }

    public RuleUsers Users { get; }

    /// <summary>Items that stay off everybody's list; null: none.</summary>
    public ItemSet? EverybodyRuledOut { get; }

    public IReadOnlyList<UserProfile> Profiles => _profiles;

    public bool IsAskedFor(int item) => _asked?.Contains(item) == true;

    public UserProfile Of(int user) => _profiles[_profileOf[user]];

    public ItemSet? RuledOut(int user) => Of(user).RuledOut;

    public IReadOnlyList<int> Named(int user) => Of(user).Named;

    /// <summary>The items that a rule speaks of; null: all.</summary>
    public ItemSet? ItemsOf(Rule rule) => _items[_rules.Index().First(r => r.Item.Number == rule.Number).Index];

    public IListSelection? Begin(int user, ReadOnlySpan<int> items, int length, bool isLast) =>
        Of(user) is { ShapesLists: true } profile ? new ListSelection(profile, items, length, isLast) : null;

    /// <summary>The same rules for users who are known by segment alone: those who have no history yet.</summary>
    public RuleSet For(IReadOnlyList<string?> segments, DateTime? moment) => new(All, Items, new RuleUsers(segments.Count, segments, null), moment);

    /// <summary>What is there to warn of: rules that speak of nothing there is.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        foreach (var (at, rule) in _rules.Index())
        {
            foreach (string column in rule.Where.Select(c => c.Column).Append(rule.Per).Append(rule.Item).OfType<string>().Distinct().Where(c => !Items.Has(c)))
            {
                Warn(rule, $"speaks of the column '{column}', which the catalog has not; it has {string.Join(", ", Items.Columns)}: name it in "
                    + "Ingest:Items:Columns:Seller, :Stock or :Attributes");
            }
            if (rule.User is { } user && !Users.Has(user)) Warn(rule, $"speaks of the users' column '{user}', which is not in Ingest:Users:Attributes");
            if (rule.LessExpected && Items.Expected is null)
                Warn(rule, "counts what is expected to sell, and tonight there is no item_forecast (Forecast:Enabled): it goes by all of the stock");
            int unknown = rule.Where.Sum(Items.Unknown), named = rule.Where.Sum(c => c.Values.Count);
            if (unknown > 0) Warn(rule, $"names {unknown} of {named} values that no item has");
            else if (_items[at]?.Count == 0) Warn(rule, "speaks of no item that there is");
            var known = (Users.Segments ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
            int segments = rule.Segments.Count(s => !known.Contains(s));
            if (segments > 0) Warn(rule, $"names {segments} of {rule.Segments.Count} segments that no user has");
        }
        return warnings;

        void Warn(Rule rule, string what) => warnings.Add(string.Create(CultureInfo.InvariantCulture, $"rule {rule.Number} '{rule.Name}' {what}"));
    }

    private int[] Groups(Rule rule, ItemSet? among)
    {
        if (rule.Per is not null) return Items.GroupsOf(rule.Per, among).Groups;
        var groups = new int[Items.Count];
        for (int item = 0; item < groups.Length; item++) groups[item] = among!.Contains(item) ? 0 : -1;
        return groups;
    }

    private void Profile(RuleUsers users)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var matches = _rules.Where(r => r.Kind == RuleKind.Match).ToList();
        // A value that no item has is like any other such value.
        var values = matches.Select(r => Items.GroupsOf(r.Item!).Names.SelectMany(Parts).ToHashSet(StringComparer.OrdinalIgnoreCase)).ToList();
        for (int user = 0; user < users.Count; user++)
        {
            var mine = _rules.Index().Where(r => IsOf(r.Item, users.SegmentOf(user))).Select(r => r.Index);
            var own = matches.Select((r, m) => users.ValueOf(r.User!, user) is { } value && values[m].TryGetValue(value, out string? spelled) ? spelled : "");
            string key = string.Join(',', mine) + '\n' + string.Join('\n', own);
            if (!known.TryGetValue(key, out int profile))
            {
                known[key] = profile = _profiles.Count;
                if (profile >= MaxProfiles)
                {
                    throw new Errors.ConfigurationException(
                        $"Rules:File makes {MaxProfiles} different kinds of users by '{string.Join("', '", matches.Select(r => r.User))}'; expected fewer: "
                        + "a column such as a country or a language");
                }
                _profiles.Add(Make(user, users));
            }
            _profileOf[user] = profile;
        }
    }

    private UserProfile Make(int user, RuleUsers users)
    {
        var mine = _rules.Index().Where(r => IsOf(r.Item, users.SegmentOf(user))).ToList();
        ItemSet? out_ = null, in_ = null;
        float[]? boosts = null;
        foreach (var (at, rule) in mine)
        {
            switch (rule.Kind)
            {
                case RuleKind.Exclude:
                    (out_ ??= new ItemSet(Items.Count)).Add(_items[at]!);
                    break;
                case RuleKind.Include:
                    (in_ ??= new ItemSet(Items.Count)).Add(_items[at]!);
                    break;
                case RuleKind.Match:
                    string? own = users.ValueOf(rule.User!, user);
                    (out_ ??= new ItemSet(Items.Count)).Add(ItemSet.Of(Items.Count, item =>
                        _items[at]?.Contains(item) != false && Items.ValueOf(rule.Item!, item) is { } value
                        && (own is null || !Parts(value).Contains(own, StringComparer.OrdinalIgnoreCase))));
                    break;
                case RuleKind.Boost:
                    boosts ??= new float[Items.Count];
                    for (int item = 0; item < boosts.Length; item++)
                        if (_items[at]!.Contains(item)) boosts[item] += (float)rule.By;
                    break;
            }
        }
        if (in_ is not null) (out_ ??= new ItemSet(Items.Count)).Add(in_.Complement());
        Placement[] placements = [.. mine.Where(r => r.Item.Places)
            .OrderBy(r => r.Item.Kind == RuleKind.Pin ? 0 : 1).ThenByDescending(r => r.Item.Priority).ThenBy(r => r.Item.Number)
            .Select(r => new Placement(r.Item, _items[r.Index]!))];
        return new UserProfile(
            out_, placements,
            [.. mine.Where(r => r.Item.Kind == RuleKind.Cap).OrderByDescending(r => r.Item.Priority).ThenBy(r => r.Item.Number).Select(r => _caps[r.Index]!)],
            boosts,
            [.. placements.Where(p => p.Rule.Kind == RuleKind.Pin).SelectMany(p => Enumerable.Range(0, Items.Count).Where(p.Items.Contains)).Distinct()]);
    }

    private ItemSet? Shared()
    {
        if (_profiles.Count == 0 || _profiles.Exists(p => p.RuledOut is null)) return null;
        var all = new ItemSet(Items.Count);
        all.Add(_profiles[0].RuledOut!);
        foreach (var profile in _profiles) all.Keep(profile.RuledOut!);
        return all;
    }

    private static bool IsOf(Rule rule, string? segment) => rule.Segments.Count == 0 || segment is not null && rule.Segments.Contains(segment);

    // An item may be for several regions: DE, AT, CH.
    private static string[] Parts(string value) => value.Split([',', ';', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
