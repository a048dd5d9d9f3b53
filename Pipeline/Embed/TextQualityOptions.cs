using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>What of the items' texts the encoder must understand. Where it does not, an encoder of the shop's language is what helps.</summary>
internal sealed class TextQualityOptions
{
    /// <summary>Share of the words of all distinct texts, or of parts of words, that are unknown to the encoder.</summary>
    public Bounds UnknownShare { get; set; } = new() { WarnAbove = 0.2 };

    /// <summary>Share of distinct texts, case and punctuation apart, that have the very vector of another.</summary>
    public Bounds SharedShare { get; set; } = new() { WarnAbove = 0.1 };

    /// <summary>
    /// Share of a text's words, 0 to 1, up to which they may be unknown to the encoder; a text with more has no vector, as if the item had none. 1 gives every
    /// text one.
    /// </summary>
    public double MaxUnknown { get; set; } = 0.5;

    internal void Validate(OptionsCheck check)
    {
        UnknownShare.Validate(check, "Quality:" + nameof(UnknownShare));
        SharedShare.Validate(check, "Quality:" + nameof(SharedShare));
        check.InRange(MaxUnknown, 0, 1, "Quality:" + nameof(MaxUnknown));
    }
}
