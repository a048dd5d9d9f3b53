using Microsoft.ML.OnnxRuntime;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>The one ONNX Runtime of the process.</summary>
internal static class OrtRuntime
{
    private static readonly Lazy<OrtEnv> s_env = new(() =>
    {
        if (OrtEnv.IsCreated) return OrtEnv.Instance();
        // Whatever goes wrong comes back as an exception; its own log would go to stderr past everything that keeps that in order.
        var options = new EnvironmentCreationOptions { logId = "recsys", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return OrtEnv.CreateInstanceWithOptions(ref options);
    });

    /// <summary>Its version.</summary>
    /// <exception cref="RunFailedException">There is no library for this machine.</exception>
    public static string Version => Env.GetVersionString();

    /// <summary>Why there is none on this machine; null where there is.</summary>
    public static string? WhyNot
    {
        get
        {
            try
            {
                _ = Env;
                return null;
            }
            catch (RunFailedException e)
            {
                return e.Message;
            }
        }
    }

    internal static OrtEnv Env
    {
        get
        {
            try
            {
                return s_env.Value;
            }
            catch (Exception e) when (e.GetBaseException() is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                throw new RunFailedException(
                    $"ONNX Runtime's library cannot be loaded ({e.GetBaseException().Message.Split('\n')[0]}), and text embeddings need it; "
                    + $"it comes with the package Microsoft.ML.OnnxRuntime for Linux, Windows and macOS. Build again, or turn text off with Embed:Model=none",
                    e);
            }
        }
    }
}
