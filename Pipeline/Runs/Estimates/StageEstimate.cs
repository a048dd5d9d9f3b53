namespace Recsys.Batch.Pipeline.Runs.Estimates;

/// <summary>What earlier runs of an output folder say of a stage, carried over to the rows that there are now.</summary>
/// <param name="Seconds">The median of the earlier runs.</param>
/// <param name="Low">The least of them.</param>
/// <param name="High">The most of them.</param>
/// <param name="PeakBytes">The most memory that the process had in any of them; null where none wrote it down.</param>
/// <param name="Runs">How many earlier runs did the stage's work themselves.</param>
/// <param name="Scale">Rows now by rows in the newest of them; 1 where one of both is not known.</param>
internal sealed record StageEstimate(double Seconds, double Low, double High, long? PeakBytes, int Runs, double Scale);
