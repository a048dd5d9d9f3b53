using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>Nominal seconds of a race: what is there, and what is left.</summary>
internal sealed class RaceBudget
{
    private const double LeastDefault = 600;

    public RaceBudget(AutoOptions options, TrainingSize size) =>
        Seconds = options.Minutes > 0 ? options.Minutes * 60 : Math.Max(LeastDefault, 2 * Als128(size));

    public double Seconds { get; }

    public double Spent { get; private set; }

    /// <summary>Takes so many seconds where they are left.</summary>
    public bool Take(double seconds)
    {
        if (!(Spent + seconds <= Seconds)) return false;
        Spent += seconds;
        return true;
    }

    private static double Als128(TrainingSize size)
    {
        ITrainerOptions als = new AlsOptions { Rank = 128 };
        return als.Definition.Race!.Seconds(size);
    }
}
