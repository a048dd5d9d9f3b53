using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>A model folder that cannot be used: which file, what was found in it, what was expected. Exit code 2.</summary>
internal sealed class TextModelException(string file, string found, string expected, Exception? inner = null)
    : ConfigurationException($"{file}: {found}; expected {expected}", inner)
{
    public string File { get; } = file;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
