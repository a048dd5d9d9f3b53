using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>lists USER</c>: what a user gets, with titles, scores and reasons; beside another version where asked.</summary>
internal static class ListsCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var user = new Argument<string>("USER") { Description = "The user's id, as the logs write it" };
        var version = new Option<string?>("--version") { Description = "Another version than the current one", HelpName = "V" };
        var compare = new Option<string?>("--compare") { Description = "A version to show beside it, and what changed over all users", HelpName = "V2" };
        var output = OutputOption.New();
        return new Command("lists", "A user's list with titles, scores and reasons") { user, version, compare, output }.Does(surroundings, call =>
        {
            using var place = OutputPlace.OpenForReading(call.Published(output).Publish, call.Surroundings.Time);
            var lists = new UserLists(place.Store);
            var list = lists.Read(call.Value(user), call.Value(version));
            var other = call.Value(compare) is { } second ? lists.Read(call.Value(user), second) : null;
            var change = other is null ? null : lists.Compare(list.Version, other.Version);
            ListView.Write(call.Screen, list);
            if (other is not null)
            {
                ListView.WriteBeside(call.Screen, list, other);
                ListView.WriteChange(call.Screen, change!);
            }
            call.Screen.Json(new { List = ListView.Json(list), Other = other is null ? null : ListView.Json(other), Change = change });
            return Task.FromResult(0);
        });
    }
}
