namespace Recsys.Batch.Jobs.Console;

/// <summary>What pages judge by.</summary>
/// <param name="FreshFor">Age beyond which the current version counts as stale: a day and room for the night itself.</param>
internal sealed record ConsoleLimits(TimeSpan FreshFor)
{
    public static readonly ConsoleLimits Default = new(TimeSpan.FromHours(26));
}
