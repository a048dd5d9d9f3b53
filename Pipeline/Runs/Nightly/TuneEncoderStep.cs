using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Job <c>tune-encoder</c>: the text encoder, tuned to what the shop's customers buy together, as a model folder of its own. No part of the night, which tunes
/// vectors where <c>Embed:Tuning</c> is on.
/// </summary>
internal sealed class TuneEncoderStep(EmbedOptions options) : IRunStage
{
    /// <summary>The model's folder; not there where the encoder stays as it is.</summary>
    public const string Encoder = "encoder";

    public string Name => StageNames.TuneEncoder;

    public string CodeVersion => "1";

    public bool OnDemand => true;

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(StageNames.Ingest, IngestArtifacts.Validation),
        new StageInput(StageNames.Embed, [EmbedArtifacts.Content, .. EmbedStep.Map(options)]),
    ];

    public JsonNode? Options => OptionSections.Of((nameof(EmbedOptions.Tuning), options.Tuning));

    public IReadOnlyDictionary<string, string> Sources() => TextEncoders.Fingerprints(options);

    public Task RunAsync(StageWork work)
    {
        var content = EmbedStep.Content(work);
        if (content.Text is not { } table || TextEncoders.FolderOf(options) is null)
            throw new RunFailedException("there are no texts or no encoder to tune; name a title column with Ingest:Items:Columns:Title, and see Embed:Model");
        var adapter = options.Tuning.IsOff ? Learned() : EmbedStep.Adapter(work);
        string folder = work.Output(Encoder);
        // What a run that was stopped left half done.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        if (adapter is null)
        {
            work.Context.Progress.Note("no encoder is written, since the tuned one is not surely ahead (tuning.json)");
            return Task.CompletedTask;
        }
        TunedEncoder.Write(options, adapter, folder, [.. content.Texts.OfType<string>().Distinct(StringComparer.Ordinal)], work.Context);
        work.Context.Progress.Note($"copy {folder} to where runs are not pruned, and name it with Embed:Model");
        return Task.CompletedTask;

        TextAdapter? Learned()
        {
            var purchases = IngestArtifacts.ReadValidation(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!).Train;
            var tuning = EncoderTuning.Of(purchases, table, content.Texts, options.Tuning, work.Context);
            tuning.Tell(work.Context.Progress);
            tuning.Report.Write(work.Output(TuningReport.FileName));
            return tuning.Adapter;
        }
    }
}
