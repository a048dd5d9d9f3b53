using System.Reflection;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Tests.Console;

[TestClass]
internal sealed class CheckWordsTests
{
    [TestMethod]
    public void Options_that_are_named_beside_checks_exist()
    {
        foreach (string option in CheckWords.All.Select(w => w.Option).Append(CheckWords.Of("data", "data.null_share.item")!.Option).OfType<string>())
        {
            var type = typeof(PipelineOptions);
            foreach (string part in option.Split(':'))
                type = type.GetProperty(part, BindingFlags.Public | BindingFlags.Instance)?.PropertyType
                    ?? throw new AssertFailedException($"no option {option}");
        }
    }

    [TestMethod]
    [DataRow("at most 0.5 (warn), at most 0.8 (fail)", 0.9, 0.8)]
    [DataRow("at least 0.5 (warn), at least 0.1 (fail), at most 2 (warn), at most 10 (fail)", 12, 10.0)]
    [DataRow("at least 0.5 (warn), at least 0.1 (fail), at most 2 (warn), at most 10 (fail)", 0.05, 0.1)]
    [DataRow("warn below 0.99, fail below 0.5", 0.2, 0.5)]
    [DataRow("warn below 0.9 x, fail below 0.7 x the published version's", 0.1, null)]
    public void Limit_is_the_bound_that_failed(string expected, double value, double? limit) =>
        Assert.AreEqual(limit, Decision.Limit(new ConstraintResult("lists", "x", ConstraintLevel.Fail, value, expected, "")));

    [TestMethod]
    public void Acceptance_holds_for_the_value_that_was_seen_and_no_other()
    {
        var seen = new ConstraintResult("lists", "coverage", ConstraintLevel.Fail, 0.1 + 0.2, "fail below 1", "few items");
        var accepts = GateAcceptance.Of(new Dictionary<string, string> { ["accept"] = GateAcceptance.Text([seen]), ["reason"] = "it is a sale" })!;

        Assert.AreEqual(ConstraintLevel.Warn, accepts.Apply(seen).Level);
        StringAssert.Contains(accepts.Apply(seen).Message, "accepted this once: it is a sale");
        Assert.AreEqual(ConstraintLevel.Fail, accepts.Apply(seen with { Value = 0.3 }).Level);
        Assert.AreEqual(ConstraintLevel.Fail, accepts.Apply(seen with { Name = "churn" }).Level);
        Assert.IsFalse(GateAcceptance.MayBe(seen with { Name = "excluded_items" }), "lists of what customers have are no matter of judgement");
    }

    [TestMethod]
    [DataRow("lists/coverage=0.3", "")]
    [DataRow("coverage=0.3", "it is a sale")]
    [DataRow("lists/coverage", "it is a sale")]
    [DataRow("lists/excluded_items=3", "it is a sale")]
    public void Acceptance_that_cannot_be_used_is_refused(string accept, string reason) => Assert.ThrowsExactly<ConfigurationException>(
        () => GateAcceptance.Of(new Dictionary<string, string> { ["accept"] = accept, ["reason"] = reason }));
}
