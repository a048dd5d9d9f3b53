using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>What lists have to keep to, whichever diversifier chooses them.</summary>
/// <param name="NewItems">How many entries may be new items; null: any number.</param>
/// <param name="Excluded">users x items that stay off the users' lists, and whose products stay off them under other codes; null: nothing.</param>
/// <param name="Phrases">What titles say in the same words, of which a list has so much; null: no bound.</param>
internal sealed record ListRules(NewItemLimit? NewItems = null, SparseRows? Excluded = null, TitlePhrases? Phrases = null)
{
    public static readonly ListRules None = new();

    /// <summary>Whether lists come with who else could stand on them.</summary>
    public bool KeepsReserve { get; init; }

    /// <summary>The shop's rules; null: there are none.</summary>
    public IListConstraints? Constraints { get; init; }
}
