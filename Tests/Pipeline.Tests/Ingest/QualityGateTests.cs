using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Quality;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class QualityGateTests
{
    [TestMethod]
    public void A_refusal_names_constraint_value_and_bound()
    {
        var gate = new QualityGate();
        gate.Check("data.quarantine_share", 0.75, new Bounds { WarnAbove = 0.3, FailAbove = 0.7 }, "share of new rows that were quarantined");
        gate.Check("data.users", 10, new Bounds { FailBelow = 2 }, "users");

        var e = Assert.ThrowsExactly<GateRefusedException>(() => QualityGate.ThrowIfRefused(gate.Results));

        Assert.AreEqual(3, e.ExitCode);
        StringAssert.Contains(
            e.Message, "data.quarantine_share: share of new rows that were quarantined: 0.75; expected at most 0.3 (warn), at most 0.7 (fail)");
        Assert.IsFalse(e.Message.Contains("data.users", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow(0.2, ConstraintLevel.Fail)]
    [DataRow(0.4, ConstraintLevel.Warn)]
    [DataRow(1.0, ConstraintLevel.Pass)]
    [DataRow(3.0, ConstraintLevel.Warn)]
    [DataRow(9.0, ConstraintLevel.Fail)]
    [DataRow(double.NaN, ConstraintLevel.Pass)]
    public void Bounds_have_two_levels_on_both_sides(double value, ConstraintLevel expected)
    {
        var gate = new QualityGate();
        gate.Check("x", value, new Bounds { FailBelow = 0.3, WarnBelow = 0.5, WarnAbove = 2, FailAbove = 5 }, "x");

        Assert.AreEqual(expected, gate.Results[0].Level);
        QualityGate.ThrowIfRefused([]);
    }

    [TestMethod]
    public void One_user_or_one_item_is_refused()
    {
        using var night = new IngestStep();
        night.Options.Quality = new();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("u", "x", 20, 1, 1, "2"));

        var results = night.Run().Report.Constraints;

        Assert.AreEqual(ConstraintLevel.Fail, results.Single(r => r.Name == "data.users").Level);
        Assert.AreEqual(ConstraintLevel.Fail, results.Single(r => r.Name == "data.items").Level);
    }

    [TestMethod]
    public void Rows_read_between_nights_are_judged_by_volume_only_in_the_next_night()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "2"), ("w", "y", 30, 1, 1, "3"));
        var history = new Dictionary<string, IReadOnlyList<double>> { [IngestStage.HistoryOf[0]] = [100, 100, 100] };
        night.Run();
        foreach (string file in new[] { "b", "c" })
        {
            night.Log(file + ".parquet", ("u", "y", 40, 1, 1, file), ("v", "x", 50, 1, 1, file));
            var between = night.Run(night.LastState, history, between: true).Report.Constraints;
            Assert.IsFalse(between.Any(c => c.Name == "data.rows.against_history" || c.Name == IngestStage.HistoryOf[0]));
        }
        night.Log("d.parquet", ("w", "x", 60, 1, 1, "d"));
        var after = night.Run(night.LastState, history).Report.Constraints;
        Assert.AreEqual(5, after.Single(c => c.Name == IngestStage.HistoryOf[0]).Value);
        Assert.AreEqual(0.05, after.Single(c => c.Name == "data.rows.against_history").Value, 1e-12);

        night.Log("e.parquet", ("w", "y", 70, 1, 1, "e"));
        Assert.AreEqual(1, night.Run(night.LastState, history).Report.Constraints.Single(c => c.Name == IngestStage.HistoryOf[0]).Value);
    }

    [TestMethod]
    public void A_small_night_without_users_is_refused_and_hours_before_it_count()
    {
        using var night = new IngestStep();
        night.Options.Bots = new() { MaxPerMinute = 0, MaxPerHour = 0, MaxItemsPerDay = 0, MinIntervalVariation = 0 };
        (string?, string?, long?, int?, double?, string?)[] Rows(int count, int from, string? user) =>
            [.. Enumerable.Range(from, count).Select(k => (user is null ? null : $"{user}{k % 9}", (string?)$"i{k % 7}", (long?)k * 900, (int?)1, (double?)1,
                (string?)$"{k}"))];
        night.Log("a.parquet", Rows(300, 0, "u"));
        night.Run();
        string before = night.LastState;
        string broken = night.Log("b.parquet", Rows(12, 300, null));
        Assert.AreEqual((1, ConstraintLevel.Fail), Share(night.Run(before)));
        Assert.AreEqual((1, ConstraintLevel.Warn), Share(night.Run(before, between: true)), "an hour may be of guests");
        night.Parquet.Remove(broken);

        string state = before;
        foreach (int hour in new[] { 1, 2, 3 })
        {
            night.Log($"c{hour}.parquet", Rows(12, 300 + 12 * hour, null));
            night.Run(state, between: true);
            state = night.LastState;
        }
        night.Log("d.parquet", Rows(4, 400, "u"));
        Assert.AreEqual((0.9, ConstraintLevel.Fail), Share(night.Run(state)));

        static (double, ConstraintLevel) Share(IngestResult run) => (Of(run, "data.quarantine_share").Value, Of(run, "data.quarantine_share").Level);
    }

    [TestMethod]
    public void An_hour_whose_users_are_all_one_is_warned_of()
    {
        using var night = new IngestStep(s => s.DefaultKind = "view");
        night.Log("a.parquet", [.. Enumerable.Range(0, 300).Select(
            k => ((string?)$"u{k}", (string?)$"i{k % 7}", (long?)k * 100, (int?)1, (double?)1, (string?)$"{k}"))]);
        night.Run();
        night.Log("b.parquet", [.. Enumerable.Range(0, 200).Select(
            k => ((string?)"0", (string?)$"i{k % 7}", (long?)(40_000 + k), (int?)1, (double?)1, (string?)$"b{k}"))]);

        var hour = night.Run(night.LastState, between: true);

        Assert.AreEqual((1, ConstraintLevel.Warn), (Of(hour, "data.bot_share").Value, Of(hour, "data.bot_share").Level));
        Assert.IsFalse(hour.Report.Constraints.Any(c => c.Level == ConstraintLevel.Fail));
    }

    [TestMethod]
    public void Rows_are_judged_against_the_median_of_recent_nights()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "2"));
        string name = IngestStage.HistoryOf[0];

        double Value(params double[] past) =>
            night.Run(history: new Dictionary<string, IReadOnlyList<double>> { [name] = past }).Report.Constraints
                .Single(c => c.Name == "data.rows.against_history").Value;

        Assert.IsTrue(double.IsNaN(Value(100, 100)), "two nights are no history");
        Assert.AreEqual(0.02, Value(90, 100, 0, 1e9));
    }

    [TestMethod]
    public void A_late_log_and_a_moved_one_are_seen()
    {
        using var night = new IngestStep(s => s.DefaultKind = "view");
        night.Options.AsOf = "1970-03-01";
        night.Options.Quality.ShiftMinRows = 50;
        night.Options.Bots = new() { MaxPerMinute = 0, MaxPerHour = 0, MaxItemsPerDay = 0, MinIntervalVariation = 0 };
        (string?, string?, long?, int?, double?, string?)[] Day(int day, int firstItem, int hour) =>
            [.. Enumerable.Range(0, 100).Select(
                k => ((string?)$"u{k % 7}", (string?)$"i{firstItem + k % 10}", (long?)(day * 86_400 + hour * 3600 + k), (int?)1, (double?)1, (string?)null))];
        night.Log("1.parquet", Day(1, 0, 9));
        var first = night.Run();
        Assert.IsTrue(double.IsNaN(Of(first, "data.shift.items").Value));
        string before = night.LastState;
        string same = night.Log("2.parquet", Day(2, 0, 9));
        var quiet = night.Run(before);
        night.Parquet.Remove(same);
        night.Log("3.parquet", Day(2, 100, 20));
        var moved = night.Run(before);

        Assert.AreEqual(ConstraintLevel.Pass, Of(quiet, "data.shift.items").Level);
        Assert.AreEqual(ConstraintLevel.Pass, Of(quiet, "data.shift.hours").Level);
        Assert.AreEqual(0, Of(quiet, "data.shift.kinds").Value, 1e-12);
        Assert.AreEqual(ConstraintLevel.Fail, Of(moved, "data.shift.items").Level);
        Assert.AreEqual(ConstraintLevel.Fail, Of(moved, "data.shift.hours").Level);
        Assert.AreEqual(ConstraintLevel.Fail, Of(moved, "data.freshness_hours").Level);
        Assert.AreEqual(56 * 24 + 15 - 11 / 60.0, Of(quiet, "data.freshness_hours").Value, 0.2);
    }

    [TestMethod]
    public void Psi_of_equal_mixes_is_zero_and_matches_a_golden_value()
    {
        Assert.AreEqual(0, DistributionShift.Psi([10, 20, 30], [10, 20, 30]), 1e-12);
        // By hand, half a row added a cell: p = (10.5, 30.5) / 41, q = (20.5, 20.5) / 41.
        Assert.AreEqual(0.26010, DistributionShift.Psi([10, 30], [20, 20]), 1e-4);
    }

    private static ConstraintResult Of(IngestResult night, string name) => night.Report.Constraints.Single(c => c.Name == name);
}
