using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Counts of customers for the tables that strangers see. A night makes four of them, which share <see cref="PrivacyOptions.Epsilon"/> evenly: customers of
/// items and of pairs for neighbors, of items for newcomers, and of items by segment (a customer is in one segment, so all segments cost one).
/// </summary>
internal sealed class PrivacyBudget
{
    private const int Releases = 4;

    private readonly PrivacyOptions _options;
    private readonly string _output;
    private readonly double _rho;
    private readonly string _work;

    /// <param name="output">The output folder, whose key the noise is drawn under and whose account it is put down in.</param>
    public PrivacyBudget(PrivacyOptions options, string output, StageWork work)
    {
        (_options, _output) = (options, output);
        // Half of delta is for the noise, half for what one customer alone has.
        _rho = Concentrated.Rho(options.Epsilon!.Value, options.Delta / 2) / Releases;
        var key = UserHash.Open(options, Path.Combine(output, SuppressionList.Folder, SuppressionList.KeyFile));
        // Another key draws other noise, which costs again.
        _work = $"{work.Hash} {key.Check}";
        Counts = new NoisyCounts(options, key.Noise(work.Hash), _rho);
    }

    public NoisyCounts Counts { get; }

    /// <summary>What decides the tables, for a stage's hash: the key is no part of it.</summary>
    public static object Options(PrivacyOptions options) => new { options.MinCustomers, options.Epsilon, options.Delta, options.MaxItems };

    /// <summary>Puts releases down in the account, and says what all nights have cost together.</summary>
    public void Spend(int releases, StageWork work)
    {
        var account = PrivacyAccount.Open(_output);
        account.Spend(_work, releases * _rho);
        work.Context.Progress.Metric("privacy.epsilon", Concentrated.Epsilon(account.Rho, _options.Delta / 2));
    }
}
