using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>All rows of the logs as columns, about 30 bytes a row and the ids themselves.</summary>
internal sealed class FeedbackRows(int capacity)
{
    public IdMap UserIds { get; } = new();

    public IdMap ItemIds { get; } = new();

    public IdMap VersionIds { get; } = new(16);

    public int[] Users { get; } = new int[capacity];

    public int[] Items { get; } = new int[capacity];

    public int[] Versions { get; } = new int[capacity];

    /// <summary>0 where no rank was logged.</summary>
    public int[] Ranks { get; } = new int[capacity];

    /// <summary>By the scale of the row; 0 where none was logged.</summary>
    public long[] Times { get; } = new long[capacity];

    /// <summary>What the time can be compared with: see <see cref="ClickTimes"/>.</summary>
    public byte[] Scales { get; } = new byte[capacity];

    public FeedbackKind[] Kinds { get; } = new FeedbackKind[capacity];

    public FeedbackStatus[] Statuses { get; } = new FeedbackStatus[capacity];

    public List<FeedbackFile> Files { get; } = [];

    public int Count { get; set; }

    /// <summary>Rows by status.</summary>
    public long[] CountFates()
    {
        var counts = new long[FeedbackStatuses.Count];
        foreach (var status in Statuses.AsSpan(0, Count)) counts[(int)status]++;
        return counts;
    }
}

/// <param name="Name">Log and path below its fixed part.</param>
/// <param name="First">Index of its first row among all rows.</param>
internal sealed record FeedbackFile(string Name, int First, int Rows);
