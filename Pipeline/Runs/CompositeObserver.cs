namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Tells one observer, then the other.</summary>
public sealed class CompositeObserver(IRunObserver first, IRunObserver second) : IRunObserver
{
    public void On(RunEvent happened)
    {
        first.On(happened);
        second.On(happened);
    }
}
