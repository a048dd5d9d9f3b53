namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Tells one observer, then the other.</summary>
internal sealed class CompositeObserver(IRunObserver first, IRunObserver second) : IRunObserver
{
    public void On(RunEvent happened)
    {
        first.On(happened);
        second.On(happened);
    }
}
