using System.Collections.Concurrent;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// The night's diversifier for lists of places: by text, since a list that is nobody's has no history to go by, and by the configured method where it can do
/// without one. Doubles, variants and shelves are held as on every list.
/// </summary>
internal static class PlaceDiversifier
{
    public static Func<CandidateBlock, int, bool, RecommendationBlock> Of(DiversifyOptions options, ItemContent content, Catalog catalog)
    {
        var stated = options.Stated ?? DiversifyOptions.Usual;
        var space = SimilaritySpace.Of(options, model: null, content, catalog).Items;
        var setting = stated.Method == DiversifierCatalog.None || DiversifierCatalog.Works(stated.Method, space, mixes: null) ? stated : DiversifyOptions.Usual;
        var rules = new ListRules(Phrases: TitlePhrases.Of(catalog.Titles));
        var stages = new ConcurrentDictionary<(int Length, bool IsShelf), DiversifyStage>();
        return (candidates, length, isShelf) => stages.GetOrAdd((length, isShelf), Stage).Run(candidates);

        DiversifyStage Stage((int Length, bool IsShelf) list)
        {
            var own = options.With(setting);
            own.ListLength = list.Length;
            if (list.IsShelf) own.MaxAlike = int.MaxValue;
            own.LambdaByTaste = false;
            return new DiversifyStage(own, space, catalog, rules);
        }
    }
}
