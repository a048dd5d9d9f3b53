using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>Section <c>Publish</c>: where lists go and how many nights of them stay.</summary>
public sealed class PublishOptions : IStageOptions
{
    /// <summary>Output folder: <c>recsys.db</c>, <c>versions/</c>, <c>current</c> and <c>runs/</c> lie in it.</summary>
    public string Path { get; set; } = "out";

    /// <summary>Complete versions kept for rollback, 1 to 1,000, the current one among them.</summary>
    public int KeepVersions { get; set; } = 7;

    /// <summary>Rows a Parquet file of a version holds, 1,000 to 100,000,000; a file ends with the user that fills it.</summary>
    public int RowsPerFile { get; set; } = 2_000_000;

    public void Validate(OptionsCheck check) =>
        check.NotEmpty(Path, "a folder").InRange(KeepVersions, 1, 1000).InRange(RowsPerFile, 1_000, 100_000_000);
}
