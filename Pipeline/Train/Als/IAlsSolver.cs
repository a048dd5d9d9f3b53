namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Solves the systems of one piece; the same piece gives the same bits on any thread.</summary>
internal interface IAlsSolver
{
    void Solve(AlsSystems systems, AlsWorkspace workspace);
}
