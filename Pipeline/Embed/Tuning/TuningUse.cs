namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>Whether the encoder's vectors are tuned to what the shop's customers buy together.</summary>
internal enum TuningUse
{
    /// <summary>Never.</summary>
    Off = 0,

    /// <summary>Where held-out new items are found surely more often with it.</summary>
    Auto = 1,
}
