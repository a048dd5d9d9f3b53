using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>A tokenizer's file that is missing, malformed or asks for what is not supported. Exit code 1.</summary>
internal sealed class TokenizerFileException(string path, string cause, Exception? inner = null) : RunFailedException($"{path}: {cause}", inner)
{
    public string Path { get; } = path;

    public string Cause { get; } = cause;
}
