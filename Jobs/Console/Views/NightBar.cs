namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>One cell of the nights' grid: a bar from the ground up, as high as the time is long.</summary>
/// <param name="Longest">What fills the cell.</param>
/// <param name="Height">Of the cell, in pixels.</param>
/// <param name="Why">Stands beside outcome and time; null for nothing.</param>
internal sealed record NightBar(Mark Mark, TimeSpan Took, TimeSpan Longest, int Height, string? Why)
{
    private const int Least = 3;

    /// <summary>What failed or was refused at once is still seen.</summary>
    public int Bar =>
        Math.Max(Mark.Tone is "bad" or "warn" ? 8 : Least, (int)Math.Round(Height * Took.TotalSeconds / Math.Max(1e-3, Longest.TotalSeconds)));
}
