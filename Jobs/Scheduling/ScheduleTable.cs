using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Section <c>Schedules</c>: schedules by name.</summary>
internal sealed class ScheduleTable() : Dictionary<string, ScheduleOptions>(StringComparer.Ordinal), IStageOptions
{
    private const int MaxNameLength = 64;

    public void Validate(OptionsCheck check)
    {
        foreach (var (name, schedule) in this)
        {
            check.Require(IsName(name), name, $"a name of 1 to {MaxNameLength} letters, digits, '-', '_' and '.'", "name");
            check.Nested(schedule, name);
            if (schedule.After is null) continue;
            string nearest = NearestName.Of(schedule.After, Keys) is { } known ? $" (the nearest is {known})" : "";
            check.Require(
                ContainsKey(schedule.After), schedule.After, $"the name of another schedule{nearest}; there are {string.Join(", ", Keys)}",
                $"{name}:{nameof(schedule.After)}");
            if (CycleFrom(name) is { } cycle)
                check.Require(false, schedule.After, $"no cycle, but {string.Join(" after ", cycle)}", $"{name}:{nameof(schedule.After)}");
        }
    }

    private List<string>? CycleFrom(string start)
    {
        var path = new List<string> { start };
        for (string? at = this[start].After; at is not null && TryGetValue(at, out var next); at = next.After)
        {
            path.Add(at);
            if (at == start) return path;
            if (path.Count > Count) return null;
        }
        return null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
