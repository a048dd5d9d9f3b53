using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>The encoder that configuration asks for.</summary>
public static class TextEncoders
{
    /// <summary>Null where text is off, or where none is named and none was shipped; that is then said in a note.</summary>
    /// <exception cref="Errors.RecsysException">The model or the device cannot be used.</exception>
    public static ITextEncoder? Open(EmbedOptions options, StageContext context)
    {
        if (options.IsOff) return null;
        if ((options.Model.Length > 0 ? options.Model : ShippedEncoder.Find()) is not null)
        {
            context.Progress.Note("texts are composed but not embedded yet");
            return null;
        }
        context.Progress.Note("data/text-encoder is neither beside the program nor above it, so items are not embedded; name a model's folder with Embed:Model, or say none");
        return null;
    }
}
