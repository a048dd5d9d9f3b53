using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Tests.Scheduling.Hosts;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Each row of "What happens when" in docs/operations.md has its test, on both storages unless it is of one alone.</summary>
[TestClass]
public sealed class OperationsPageTests
{
    private static readonly Dictionary<string, string[]> Tests = new()
    {
        ["Clocks go forward"] = [nameof(JobContract.Clocks_that_change_run_a_night_once_and_an_hourly_job_each_hour)],
        ["Clocks go back"] = [nameof(JobContract.Clocks_that_change_run_a_night_once_and_an_hourly_job_each_hour)],
        ["A host's clock is set back"] = [nameof(JobContract.A_clock_that_is_set_back_serves_no_time_twice)],
        ["No host was up"] =
        [
            nameof(JobContract.Times_at_which_no_host_was_up_run_once_or_not_at_all),
            nameof(JobContract.A_new_schedule_an_edited_one_and_a_paused_one_have_missed_nothing),
        ],
        ["A schedule is paused"] = [nameof(JobContract.A_paused_schedule_says_who_paused_it_and_fires_on_no_host)],
        ["Several hosts"] =
        [
            nameof(JobContract.A_schedule_fires_by_its_expression_once_over_all_hosts),
            nameof(JobContract.A_time_limit_ends_an_attempt_and_travels_with_the_job),
        ],
        ["Hosts have different schedules"] = [nameof(JobContract.Hosts_with_different_schedules_leave_each_others_alone)],
        ["Hosts' clocks are minutes apart"] = [nameof(PostgresJobTests.Hosts_whose_clocks_are_apart_fire_a_time_once_and_respect_each_other)],
        ["The same work is asked for twice"] = [nameof(JobContract.The_same_work_at_once_is_done_once_and_the_second_says_by_whom)],
        ["Other work"] = [nameof(JobContract.Other_work_waits_for_its_turn)],
        ["A job fails"] = [nameof(JobContract.A_failure_is_retried_and_a_refusal_or_wrong_configuration_is_not)],
        ["A job takes longer than its time limit"] = [nameof(JobContract.A_time_limit_ends_an_attempt_and_travels_with_the_job)],
        ["A job is deleted"] = [nameof(JobContract.Cancel_stops_what_runs_and_what_waits_and_nothing_that_ended)],
        ["A running job is requeued"] = [nameof(JobContract.A_running_job_that_is_requeued_is_stopped_and_worked_on_anew)],
        ["A host is stopped"] = [nameof(JobContract.What_a_host_leaves_when_it_stops_the_next_one_takes_up)],
        ["A host is killed"] =
        [
            nameof(PostgresJobTests.What_a_killed_host_left_is_delivered_again_after_the_timeout),
            nameof(PostgresJobTests.A_lock_that_a_killed_host_left_holds_schedules_up_for_its_timeout),
            nameof(MemoryJobTests.An_interrupted_run_is_taken_up_once_with_its_parameters_and_policy),
            nameof(TwoHostsTests.A_host_that_dies_amid_its_lists_leaves_a_night_with_the_same_bytes),
        ],
        ["A job outlives the timeout"] = [nameof(PostgresJobTests.A_job_that_outlives_the_invisibility_timeout_is_delivered_once)],
        ["A host is paused"] = [nameof(TwoHostsTests.A_host_that_is_paused_past_its_lease_changes_nothing_when_it_wakes)],
        ["The queue's database is away"] = [nameof(PostgresJobTests.A_queue_that_is_away_for_a_moment_loses_nothing)],
        ["A schedule is edited"] = [nameof(JobContract.A_schedule_edited_under_a_queued_job_leaves_that_job_as_it_is)],
        ["The version before"] =
        [
            nameof(JobContract.What_the_version_before_had_queued_is_queued_anew),
            nameof(PostgresJobTests.A_job_of_the_version_before_is_taken_off_with_a_word),
        ],
        ["A recurring job was written by 0.1.0"] = [nameof(JobContract.An_entry_that_the_version_before_wrote_by_hand_is_replaced)],
    };

    [TestMethod]
    public void Each_row_of_the_page_has_a_test()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        string table = page[page.IndexOf("## What happens when", StringComparison.Ordinal)..page.IndexOf("## One writer", StringComparison.Ordinal)];
        CollectionAssert.AreEqual(
            Tests.Keys.ToArray(), Regex.Matches(table, @"^\| \*\*([^*]+)\*\*", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToArray());

        var known = typeof(JobContract).Assembly
            .GetTypes()
            .SelectMany(t => t.GetMethods())
            .Where(m => m.IsDefined(typeof(TestMethodAttribute), inherit: true))
            .Select(m => m.Name)
            .ToHashSet();
        Assert.IsEmpty(Tests.Values.SelectMany(t => t).Where(t => !known.Contains(t)));
    }
}
