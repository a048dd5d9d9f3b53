using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The control group of a configuration, under the key of its output folder.</summary>
internal static class DrawnControl
{
    /// <summary>Of a stage that makes lists: which draw decides them.</summary>
    public const string Source = "control group";

    /// <summary>Fact: of which draw lists are.</summary>
    public const string Fact = "control";

    /// <summary>Who was drawn, by user index: workers on other hosts need not know the key.</summary>
    private const string File = "control.bin";

    /// <summary>Null where there is none; the key is read, or made, where it is first asked for.</summary>
    /// <param name="output">The output folder.</param>
    public static Lazy<ControlGroup>? Of(PipelineOptions options, string output)
    {
        var experiment = options.Experiment;
        return experiment.HasControl ? new Lazy<ControlGroup>(() => new ControlGroup(
            UserHash.Open(options.Privacy, Path.Combine(output, SuppressionList.Folder, SuppressionList.KeyFile)).KeyFor("experiment"),
            experiment.Name, experiment.ControlShare)) : null;
    }

    /// <summary>Leaves who was drawn among the stage's outputs, before lists are made.</summary>
    public static void Write(StageWork work, Lazy<ControlGroup>? control, IdMap users)
    {
        if (control is null) return;
        using var to = new ArtifactWriter(work.Output(File));
        to.Write(Source, Enumerable.Range(0, users.Count).Select(u => control.Value.Contains(users[u]) ? (byte)1 : (byte)0).ToArray());
        to.Complete();
        work.Facts[Fact] = Identity(control)!;
    }

    /// <summary>By user index.</summary>
    public static bool[] Read(StageWork work) => Array.ConvertAll(new ArtifactReader(work.Output(File)).Read<byte>(Source), drawn => drawn != 0);

    /// <summary>Equal where the same users are drawn; null where nobody is.</summary>
    public static string? Identity(Lazy<ControlGroup>? control) =>
        control is null ? null : string.Create(CultureInfo.InvariantCulture, $"{control.Value.Share} {control.Value.Mark}");
}
