using System.Globalization;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>How much of which diversity: what a shop tunes.</summary>
/// <param name="Method">As <c>Diversify:Method</c> has it, but for <c>auto</c>.</param>
/// <param name="Lambda">Weight of diversity beside relevance, 0 to 1.</param>
internal sealed record DiversitySetting(string Method, double Lambda)
{
    /// <summary>Relevance alone.</summary>
    public static readonly DiversitySetting Plain = new(DiversifierCatalog.None, 0);

    /// <summary><c>mmr 0.2</c>, <c>none</c>.</summary>
    public string Name => Method == DiversifierCatalog.None ? Method : string.Create(CultureInfo.InvariantCulture, $"{Method} {Lambda}");
}
