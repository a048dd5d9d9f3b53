using System.Globalization;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The text encoder, opened as a night opens it, and whether a GPU can be used.</summary>
internal static class TextFindings
{
    private const string Area = "text";

    public static IEnumerable<Finding> All(Invocation call, System.CommandLine.Option<string?> output)
    {
        yield return OrtRuntime.WhyNot is { } missing
            ? new(Area, "engine", FindingState.Broken, missing)
            : new(Area, "engine", FindingState.Fine, $"ONNX Runtime {OrtRuntime.Version}");
        if (Options(call, output) is not { } options) yield break;
        yield return CudaProvider.WhyNot(options.GpuId) is { } why
            ? new(Area, "CUDA", options.Device == EmbedDevice.Cuda ? FindingState.Broken : FindingState.Absent, why)
            : new(Area, "CUDA", FindingState.Fine, $"GPU {options.GpuId}");
        foreach (var finding in Encoder(options)) yield return finding;
    }

    private static Finding[] Encoder(EmbedOptions options)
    {
        string folder = TextEncoders.FolderOf(options) ?? "none";
        try
        {
            using var encoder = TextEncoders.Open(options, StageContext.Quiet(1));
            return encoder is null
                ? [new(
                    Area, "encoder", FindingState.Absent,
                    options.IsOff ? "text is off (Embed:Model)" : "none is shipped here and none is named; see Embed:Model")]
                : [
                    new(Area, "encoder", FindingState.Fine, folder),
                    new(
                        Area, "vectors", FindingState.Fine,
                        string.Create(CultureInfo.InvariantCulture, $"{encoder.Dimension} floats, model {encoder.ModelHash[..16]}, on {encoder.Provider}")),
                ];
        }
        catch (RecsysException e)
        {
            return [new(Area, "encoder", e is ConfigurationException ? FindingState.Misconfigured : FindingState.Broken, e.Message)];
        }
    }

    /// <summary>Null where the settings cannot be read: that is said elsewhere.</summary>
    private static EmbedOptions? Options(Invocation call, System.CommandLine.Option<string?> output)
    {
        try
        {
            var night = new PipelineOptions();
            var faults = Settings.Faults(call.Settings(output), night, [nameof(PipelineOptions.Embed)], new UnusedSections(new HostSections()));
            return faults.Any(f => f.StartsWith(nameof(PipelineOptions.Embed) + ":", StringComparison.OrdinalIgnoreCase)) ? null : night.Embed;
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }
}
