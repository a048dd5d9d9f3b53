using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>Lists of several kinds under several names, diversified, on their way to the table; those of too few items are left out.</summary>
/// <param name="what">What names are of, as the note says it.</param>
internal sealed class KindLists(ItemKinds kinds, ListsOptions options, PlaceInputs inputs, ParquetRows rows, string what)
{
    private int _names;
    private int _lists;

    /// <param name="names">In the order of the table.</param>
    /// <param name="found">By name, the candidates of each kind.</param>
    public void Put(IReadOnlyList<string> names, ListCandidates[][] found)
    {
        _names += names.Count;
        var made = ListCandidates.Diversified([.. found.SelectMany(f => f)], options.Candidates, options.Count, inputs);
        for (int at = 0; at < made.Length; at++)
        {
            if (made[at].Count < options.MinItems) continue;
            _lists++;
            byte[] name = Encoding.UTF8.GetBytes(names[at / kinds.Names.Count]);
            int rank = 0;
            foreach (var (item, score) in made[at])
                rows.Put(name).Put(kinds.Names[at % kinds.Names.Count]).Put(++rank).Put(inputs.Items[item]).Put(score);
        }
    }

    /// <summary>What came of it.</summary>
    public string Note => _lists == 0
        ? string.Create(CultureInfo.InvariantCulture, $"no list has {options.MinItems} items (Places:Lists:MinItems)")
        : string.Create(CultureInfo.InvariantCulture, $"{_lists:N0} lists of {string.Join(", ", kinds.Names)} for {_names:N0} {what}");
}
