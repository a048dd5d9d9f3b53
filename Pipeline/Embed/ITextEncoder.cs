using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>Texts to unit vectors. Equal texts give equal bits on the same provider, whatever else is in their batch and whatever the thread count.</summary>
internal interface ITextEncoder : IDisposable
{
    /// <summary>Floats a text.</summary>
    int Dimension { get; }

    /// <summary>SHA-256 over all files that decide the vectors (graph, vocabulary, configuration): the model's half of the cache key.</summary>
    string ModelHash { get; }

    /// <summary>What really runs it: <c>cpu</c> or <c>cuda:0</c>.</summary>
    string Provider { get; }

    /// <summary>How much of each text the encoder's vocabulary has.</summary>
    TextCoverage[] Cover(IReadOnlyList<string> texts, StageContext context);

    /// <summary>Embeds <paramref name="texts"/> in order, one row each, unit length; an empty text gives a row of zeros.</summary>
    FactorMatrix Encode(IReadOnlyList<string> texts, StageContext context);
}
