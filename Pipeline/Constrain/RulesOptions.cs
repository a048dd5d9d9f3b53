using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>Section <c>Rules</c>: what the shop asks of lists beside relevance and diversity.</summary>
internal sealed class RulesOptions : IStageOptions
{
    /// <summary>A JSON or Parquet file of rules, read at the start of every night; empty: there are none.</summary>
    public string? File { get; set; }

    /// <summary>Users, evenly spaced, whose lists are made with and without each rule to say what it costs, 0 to 100,000; 0: that is not measured.</summary>
    public int CostUsers { get; set; } = 400;

    /// <summary>
    /// Rounds over all lists in which prices of limited items and of floors are found, 1 to 200; it ends sooner where the gap is small enough.
    /// </summary>
    public int Rounds { get; set; } = 30;

    /// <summary>Gap to the bound, as a share of the lists' worth, at which prices are good enough, 0 to 1.</summary>
    public double Gap { get; set; } = 0.002;

    internal bool HasFile => !string.IsNullOrWhiteSpace(File);

    public void Validate(OptionsCheck check)
    {
        check.InRange(CostUsers, 0, 100_000).InRange(Rounds, 1, 200).InRange(Gap, 0, 1);
        // Every fault of the file is one of the configuration: the night, its dry run and doctor tell of it before anything is touched.
        if (HasFile)
            foreach (string fault in RulesFile.Look(File!).Faults) check.Fault(fault);
    }
}
