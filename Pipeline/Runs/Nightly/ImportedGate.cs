using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What the model gate says of factors that were trained elsewhere: that nothing measured them, or that their hold-out knows too much.</summary>
internal static class ImportedGate
{
    private const string Gate = "model";

    /// <summary>Newcomers that a suspicion needs.</summary>
    private const int Enough = 20;

    /// <summary>Share of the newcomers whom only a training with the test window can know so many of; a few may have a history that the log left out.</summary>
    private const double TooMany = 0.5;

    public static IEnumerable<ConstraintResult> Check(ServingModel serving)
    {
        if (!serving.Measurable)
        {
            yield return new ConstraintResult(
                Gate, "evaluated", serving.Unmeasured ? ConstraintLevel.Warn : ConstraintLevel.Fail, 0, "a model that was measured on the hold-out",
                serving.Unmeasured
                    ? "not evaluated: trained elsewhere on everything; published nonetheless, because Train:Imported:PublishUnevaluated says so"
                    : "not evaluated: trained elsewhere on everything; give Train:Imported:HoldOut, factors trained on what lies before the cut, "
                        + "or let it serve unmeasured with Train:Imported:PublishUnevaluated=true");
        }
        if (serving.Later is { } later)
        {
            yield return Newcomers("users", later.Users, later.KnownUsers);
            yield return Newcomers("items", later.Items, later.KnownItems);
        }
    }

    public static HoldOutOverlap Later(HoldOut holdOut, ImportedFactors factors)
    {
        var (users, items) = (new bool[holdOut.Test.Rows], new bool[holdOut.Test.Columns]);
        for (int user = 0; user < users.Length; user++)
        {
            users[user] = holdOut.Test.RowLength(user) > 0 && holdOut.Train.ByUser.RowLength(user) == 0;
            foreach (int item in holdOut.Test.RowIndices(user)) items[item] = holdOut.Train.ByItem.RowLength(item) == 0;
        }
        return new HoldOutOverlap(users.Count(u => u), factors.Users.KnownOf(users), items.Count(i => i), factors.Items.KnownOf(items));
    }

    private static ConstraintResult Newcomers(string noun, int newcomers, int known)
    {
        double share = newcomers == 0 ? 0 : (double)known / newcomers;
        var level = share > TooMany && newcomers >= Enough ? ConstraintLevel.Fail : known > 0 ? ConstraintLevel.Warn : ConstraintLevel.Pass;
        return new ConstraintResult(
            Gate, $"holdout_leak_{noun}", level, share, string.Create(CultureInfo.InvariantCulture, $"warn above 0, fail above {TooMany} of at least {Enough}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"the hold-out's imported factors know {known} of {newcomers} {noun} first seen after the cut")
            + (level == ConstraintLevel.Pass ? "" : ": they were trained on more than what lies before it, and what they are measured by may be among it"));
    }
}
