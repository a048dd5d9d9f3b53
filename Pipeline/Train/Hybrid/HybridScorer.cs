using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>The sum of an algorithm's scores and the text's.</summary>
internal sealed class HybridScorer((IBlockScorer Scorer, float[] Weights)[] parts, EvidenceSource evidence)
    : EnsembleScorer([.. parts.Select(p => p.Scorer)], [.. parts.Select(p => p.Weights)]), ISourceScorer
{
    public CandidateSource SourceOf(int user, int item) => evidence.Of(user, item);
}

/// <summary>The same of two factor models: one inner product.</summary>
internal sealed class HybridFactorScorer(IBlockScorer interactions, IBlockScorer text, float[] ones)
    : FactorEnsembleScorer([interactions, text], [ones, ones]), ISourceScorer
{
    private readonly EvidenceSource _evidence = new(interactions, text);

    public CandidateSource SourceOf(int user, int item) => _evidence.Of(user, item);
}

/// <summary>Whether an algorithm or the text carries the larger part of a score.</summary>
internal sealed class EvidenceSource(IBlockScorer interactions, IBlockScorer text)
{
    public CandidateSource Of(int user, int item)
    {
        return Score(text, user, item) > Score(interactions, user, item) ? CandidateSource.Text : CandidateSource.Cf;
    }

    private static float Score(IBlockScorer scorer, int user, int item)
    {
        float score = 0;
        if (scorer is IPairScorer pairs) pairs.Score(user, [item], new Span<float>(ref score));
        else scorer.Score([user], item, 1, new Span<float>(ref score), 1);
        return score;
    }
}
