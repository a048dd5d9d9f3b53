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
    public static Func<CandidateBlock, int, RecommendationBlock> Of(DiversifyOptions options, ItemContent content, Catalog catalog)
    {
        var stated = options.Stated ?? DiversifyOptions.Usual;
        var space = SimilaritySpace.Of(options, model: null, content, catalog.Available).Items;
        var setting = stated.Method == DiversifierCatalog.None || DiversifierCatalog.Works(stated.Method, space, mixes: null) ? stated : DiversifyOptions.Usual;
        var rules = new ListRules(Phrases: TitlePhrases.Of(catalog.Titles));
        var stages = new ConcurrentDictionary<int, DiversifyStage>();
        return (candidates, length) => stages.GetOrAdd(length, Stage).Run(candidates);

        DiversifyStage Stage(int length)
        {
            var own = options.With(setting);
            own.ListLength = length;
            own.LambdaByTaste = false;
            return new DiversifyStage(own, space, catalog, rules);
        }
    }
}
