using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary>
/// <c>lists USER</c>: what a user gets, with titles, scores and reasons; beside another version where asked. <c>lists --item CODE</c>: what resembles an item.
/// <c>lists USER --similar N</c>: whose interests are nearest to the user's.
/// </summary>
internal static class ListsCommand
{
    public static Command Build(CliContext surroundings)
    {
        var user = new Argument<string?>("USER") { Description = "The user's id, as the logs write it", Arity = ArgumentArity.ZeroOrOne };
        var item = new Option<string?>("--item") { Description = "An item instead of a user: its neighbors", HelpName = "CODE" };
        var similar = new Option<int?>("--similar") { Description = "So many users whose interest vectors are nearest, instead of the list", HelpName = "N" };
        var version = new Option<string?>("--version") { Description = "Another version than the current one", HelpName = "V" };
        var compare = new Option<string?>("--compare") { Description = "A version to show beside it, and what changed over all users", HelpName = "V2" };
        var output = OutputOption.New();
        return new Command("lists", "A user's list with titles, scores and reasons, or an item's neighbors")
        {
            user, item, similar, version, compare, output,
        }.Does(surroundings, call =>
        {
            using var place = OutputConnection.OpenForReading(call.Published(output).Publish, call.CliContext.Time);
            string? whose = call.Arguments.GetValue(user);
            if (call.Value(item) is { } code) return Neighbors(call, place.Store, whose, code, call.Value(version));
            if (whose is null) throw new ConfigurationException("lists needs a USER, or --item CODE");
            if (call.Value(similar) is { } count) return Similar(call, place.Folder, whose, call.Value(version), count);
            var lists = new UserLists(place.Store);
            var list = lists.Read(whose, call.Value(version));
            var other = call.Value(compare) is { } second ? lists.Read(whose, second) : null;
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

    private static Task<int> Similar(Invocation call, OutputFolder output, string user, string? version, int count)
    {
        if (count is < 1 or > 1_000) throw new ConfigurationException($"--similar is {count}; expected a number from 1 to 1000");
        var (found, users) = new SimilarUsers(ParquetFiles.Reader(), output).Find(user, version, count, call.Cancellation);
        SimilarUsersView.Write(call.Screen, user, found, users);
        call.Screen.Json(new { UserId = user, Version = found, Similar = users.Select((u, at) => new { Rank = at + 1, u.UserId, u.Cosine }) });
        return Task.FromResult(0);
    }

    private static Task<int> Neighbors(Invocation call, IOutputStore store, string? user, string item, string? version)
    {
        if (user is not null) throw new ConfigurationException($"lists takes a USER or --item CODE, not both ('{user}' and '{item}')");
        var found = store.ReadNeighbors(item, version) ?? throw new ConfigurationException(
            $"item '{item}' has no neighbors in {(version is null ? "the current version" : $"version '{version}'")}: it is unknown there, "
            + $"or nothing is known of it; see 'versions list'");
        string? title = store.Titles([item]).TryGetValue(item, out var known) ? known.Title : null;
        NeighborView.Write(call.Screen, item, title, found);
        call.Screen.Json(NeighborView.Json(item, title, found));
        return Task.FromResult(0);
    }
}
