namespace Recsys.Batch.Pipeline.Errors;

/// <summary>
/// A failure that a person can act on. The message alone says what was found, where, what was expected and what to do;
/// the host prints it without a stack trace and leaves with <see cref="ExitCode"/>.
/// </summary>
public abstract class RecsysException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>0 done, 1 failed, 2 bad usage or configuration, 3 a gate refused to publish.</summary>
    public abstract int ExitCode { get; }
}

/// <summary>A run could not be finished for a reason outside of its configuration: a file, a disk, a diverged model. Exit code 1.</summary>
public class RunFailedException(string message, Exception? inner = null) : RecsysException(message, inner)
{
    public override int ExitCode => 1;
}

/// <summary>A key, an argument or a combination of them that cannot be used. Exit code 2.</summary>
public class ConfigurationException(string message, Exception? inner = null) : RecsysException(message, inner)
{
    public override int ExitCode => 2;
}

/// <summary>A constraint on data, model or lists failed; what is published stays as it was. Exit code 3.</summary>
public class GateRefusedException(string gate, string message) : RecsysException(message)
{
    /// <summary><c>data</c>, <c>model</c> or <c>lists</c>.</summary>
    public string Gate { get; } = gate;

    public override int ExitCode => 3;
}

/// <summary>A Parquet file that is missing, truncated, corrupt or of an unsupported shape. Exit code 1.</summary>
public class ParquetFileException(string file, string cause, Exception? inner = null)
    : RunFailedException($"{file}: {cause}", inner)
{
    public string File { get; } = file;

    public string Cause { get; } = cause;
}

/// <summary>An artifact of a run whose bytes are not the ones that were written. Exit code 1.</summary>
public class ArtifactException(string path, string cause, Exception? inner = null)
    : RunFailedException($"{path}: {cause}", inner)
{
    public string Path { get; } = path;
}
