using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Experiment;

/// <param name="Reason">As the table spells it.</param>
/// <param name="Rule">The rule that put the entry there; empty: none did.</param>
internal readonly record struct ListedEntry(string Reason, string Rule);

/// <summary>
/// What a version's lists say of pairs of a user and an item that were bought, and who has a list of which group. Entries that nobody bought are passed over,
/// so memory does not grow with the lists.
/// </summary>
internal sealed class ListedItems
{
    private readonly Dictionary<ulong, ListedEntry> _entries = [];
    private readonly Dictionary<string, HashSet<ulong>> _places = new(StringComparer.Ordinal);

    private ListedItems(ListedVersion version, int users) => (Version, HasList, IsControl) = (version, new bool[users], new bool[users]);

    public ListedVersion Version { get; }

    /// <summary>By user index.</summary>
    public bool[] HasList { get; }

    /// <summary>By user index: the list is the control group's.</summary>
    public bool[] IsControl { get; }

    public static ulong KeyOf(int user, int item) => (ulong)(uint)user << 32 | (uint)item;

    public ListedEntry? Of(ulong pair) => _entries.TryGetValue(pair, out var entry) ? entry : null;

    /// <summary>Places that have rows of single users, and whether the pair stands there.</summary>
    public IEnumerable<string> PlacesOf(ulong pair) => _places.Where(p => p.Value.Contains(pair)).Select(p => p.Key);

    /// <param name="bought">Pairs that matter.</param>
    public static ListedItems Read(
        IParquetReader reader, ListedVersion version, IdMap users, IdMap items, HashSet<ulong> bought, CancellationToken cancellation)
    {
        var listed = new ListedItems(version, users.Count);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in version.ListFiles)
        {
            foreach (var batch in reader.Read(file, ["user_id", "item_id", "source", "reason_code", "promoted"], cancellation))
            {
                var (userIds, itemIds, sources) =
                    (batch.Column<Utf8Column>("user_id"), batch.Column<Utf8Column>("item_id"), batch.Column<Utf8Column>("source"));
                var (reasons, rules) = (batch.Column<Utf8Column>("reason_code"), batch.Column<Utf8Column>("promoted"));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    int user = users.Find(userIds[row]);
                    if (user < 0) continue;
                    listed.HasList[user] = true;
                    if (sources[row].SequenceEqual("control"u8)) listed.IsControl[user] = true;
                    int item = items.Find(itemIds[row]);
                    if (item < 0 || !bought.Contains(KeyOf(user, item))) continue;
                    listed._entries.TryAdd(KeyOf(user, item), new ListedEntry(Text(reasons[row]), Text(rules[row])));
                }
            }
        }
        foreach (var place in version.Places)
        {
            var pairs = listed._places[place.Name] = [];
            foreach (string file in place.Files)
            {
                foreach (var batch in reader.Read(file, [PlaceTable.UserColumn, place.Item], cancellation))
                {
                    var (userIds, itemIds) = (batch.Column<Utf8Column>(PlaceTable.UserColumn), batch.Column<Utf8Column>(place.Item));
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        int user = users.Find(userIds[row]), item = items.Find(itemIds[row]);
                        if (user >= 0 && item >= 0 && bought.Contains(KeyOf(user, item))) pairs.Add(KeyOf(user, item));
                    }
                }
            }
        }
        return listed;

        // Few names, many rows: each is kept once.
        string Text(ReadOnlySpan<byte> utf8)
        {
            string text = Encoding.UTF8.GetString(utf8);
            if (texts.TryGetValue(text, out string? known)) return known;
            return texts[text] = text;
        }
    }
}
