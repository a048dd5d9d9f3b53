using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>A graph that is loaded, whatever runs it. Runs may overlap.</summary>
internal interface ITextGraph : IDisposable
{
    GraphSignature Signature { get; }

    /// <summary>Runs texts that all have the same number of tokens.</summary>
    /// <param name="ids">rows x length token ids.</param>
    /// <returns>rows x d, pooled, not yet of unit length.</returns>
    /// <exception cref="TextModelException">The graph gave another shape than it declares.</exception>
    /// <exception cref="RunFailedException">It failed.</exception>
    FactorMatrix Run(ReadOnlySpan<int> ids, int rows, int length);
}
