using System.Globalization;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>When a version's lists began to be seen, against which the log's purchases are held.</summary>
internal enum ExperimentClock
{
    /// <summary>When it was published.</summary>
    Published = 0,

    /// <summary>The day after the last of its data: for logs of old times that are played again.</summary>
    Data = 1,
}

/// <summary>
/// Section <c>Experiment</c>: a control group whose lists are not personal, and what orders and revenue of the two groups say of whether lists help. Job
/// <c>experiment</c> measures it.
/// </summary>
internal sealed class ExperimentOptions : IStageOptions
{
    /// <summary>
    /// Share of users, 0 to 0.5, whose list is what most customers have instead of a personal one; 0: there is no control group. Who is in it is drawn by a
    /// keyed hash of the user's id (HMAC-SHA256 under <c>Privacy:Key</c>, or the key of the output folder), so nobody can guess it, and it stays from night to
    /// night. A greater share keeps who was in it.
    /// </summary>
    public double ControlShare { get; set; }

    /// <summary>Names the draw: another name draws another group, for a new experiment.</summary>
    public string Name { get; set; } = "1";

    /// <summary>Days, 1 to 90, after a list was last to be seen within which a purchase of one of its items is attributed to it.</summary>
    public int WindowDays { get; set; } = 7;

    /// <summary>
    /// Days before the experiment, 0 to 365, whose orders and revenue take what customers differ in anyway out of the comparison (CUPED, Deng, Xu, Kohavi and
    /// Walker 2013); 0: that is left out.
    /// </summary>
    public int BeforeDays { get; set; } = 28;

    /// <summary>Customers that each of the two groups must have for anything to be concluded, 10 to 1,000,000.</summary>
    public int MinUsers { get; set; } = 50;

    /// <summary>Whether a version counts from when it was published, or from the end of its data.</summary>
    public ExperimentClock Clock { get; set; } = ExperimentClock.Published;

    /// <summary>First day that is measured, <c>yyyy-MM-dd</c>; empty: since the group was drawn.</summary>
    public string? From { get; set; }

    internal bool HasControl => ControlShare > 0;

    internal DateTime? FirstDay =>
        DateTime.TryParseExact(From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
            ? day : null;

    public void Validate(OptionsCheck check) => check
        .InRange(ControlShare, 0, 0.5)
        .NotEmpty(Name, "a name")
        .InRange(WindowDays, 1, 90)
        .InRange(BeforeDays, 0, 365)
        .InRange(MinUsers, 10, 1_000_000)
        .Require(Enum.IsDefined(Clock), Clock, "Published or Data")
        .Require(string.IsNullOrEmpty(From) || FirstDay is not null, From, "a day as yyyy-MM-dd, or nothing");
}
