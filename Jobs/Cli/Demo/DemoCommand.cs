using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Commands;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli.Demo;

/// <summary><c>demo</c>: a whole night over the data that the repository ships, and what came out of it.</summary>
internal static class DemoCommand
{
    /// <summary>Entries of a sample list: the head that a page would show.</summary>
    private const int Shown = 10;

    private const int ShownNeighbors = 4;

    public static Command Build(CliContext surroundings)
    {
        var output = OutputOption.New();
        output.DefaultValueFactory = _ => Path.Combine("out", "demo");
        return new Command("demo", "A whole night over the shop data in data/, with a summary and sample lists") { output }.Does(
            surroundings,
            async call =>
            {
                var sections = new ForegroundSections();
                var night = call.Night(output, [sections], DemoData.Find(surroundings.Folder));
                call.Screen.Markup("[bold]A night over one year of a gift shop's log[/] [grey](data/online-retail)[/]");
                var report = await RunCommand.RunAsync(call, night, sections, new RunRequest()).ConfigureAwait(false);
                var customers = Customers(report, night, call.CliContext.Time);
                foreach (var customer in customers) Show(call.Screen, customer);
                if (customers.Count > 0)
                {
                    call.Screen.Line();
                    call.Screen.Markup("[grey]* stands where the model's own order, without diversification, has another item.[/]");
                }
                var items = Items(report, night, call.CliContext.Time);
                if (items.Count > 0)
                {
                    call.Screen.Line();
                    call.Screen.Markup("[bold]What resembles five best sellers[/] [grey](item_neighbors, with cosines)[/]");
                }
                foreach (var (id, title, neighbors) in items) NeighborView.Write(call.Screen, id, title, neighbors, ShownNeighbors);
                using (var place = OutputConnection.OpenForReading(night.Publish, call.CliContext.Time))
                    PlacesView.Write(call.Screen, report, place.Store, items.Select(i => (i.Id, i.Title)));
                RunView.Write(call.Screen, report, night, foldGates: true);
                string libraries = Libraries(report);
                Hint(call.Screen, call.Value(output)!, customers, libraries);
                call.Screen.Json(new
                {
                    Run = RunView.Json(report, night),
                    Libraries = libraries,
                    Customers = customers.Select(Json),
                    Items = items.Select(i => NeighborView.Json(i.Id, i.Title, i.Neighbors)),
                    Places = PlacesView.Json(report),
                });
                return 0;
            },
            RunCommand.ResumeHint);
    }

    private static List<CustomerLists> Customers(RunReport report, PipelineOptions night, TimeProvider time)
    {
        string ingest = report.Stages.Single(s => s.Stage == StageNames.Ingest).Folder;
        var interactions = IngestArtifacts.ReadInteractions(ingest);
        var catalog = IngestArtifacts.ReadCatalog(ingest);
        var users = IngestArtifacts.ReadUsers(ingest);
        using var place = OutputConnection.OpenForReading(night.Publish, time);
        var lists = new UserLists(place.Store);
        var plain = new UndiversifiedLists(report, night);
        var items = IngestArtifacts.ReadItems(ingest);
        var text = EmbedArtifacts.ReadContent(report.Stages.Single(s => s.Stage == StageNames.Embed).Folder).Text;
        return [.. SampleCustomers.Choose(interactions, catalog).Select(c =>
        {
            var published = lists.Read(users.Text(c.User));
            var own = plain.Top(c.User, Shown);
            var apart = text is null
                ? (double.NaN, double.NaN)
                : (IntraListDistance.Of([.. published.Entries.Take(Shown).Select(e => items.Find(e.Entry.ItemId))], text), IntraListDistance.Of(own, text));
            return new CustomerLists(
                c, [.. c.Recent.Take(3).Select(i => catalog.Titles[i]!)], published, [.. own.Select(i => catalog.Titles[i] ?? items.Text(i))], apart);
        })];
    }

    private static List<(string Id, string? Title, PublishedNeighbors Neighbors)> Items(RunReport report, PipelineOptions night, TimeProvider time)
    {
        string Folder(string stage) => report.Stages.Single(s => s.Stage == stage).Folder;
        string ingest = Folder(StageNames.Ingest);
        var (catalog, ids) = (IngestArtifacts.ReadCatalog(ingest), IngestArtifacts.ReadItems(ingest));
        using var place = OutputConnection.OpenForReading(night.Publish, time);
        return [.. SampleItems.Choose(IngestArtifacts.ReadInteractions(ingest), catalog, EmbedArtifacts.ReadContent(Folder(StageNames.Embed)).Text)
            .Select(i => (Id: ids.Text(i), Title: catalog.Titles[i], Neighbors: place.Store.ReadNeighbors(ids.Text(i))))
            .Where(i => i.Neighbors is not null).Select(i => (i.Id, i.Title, i.Neighbors!))];
    }

    private static void Show(Screen screen, CustomerLists customer)
    {
        screen.Line();
        screen.Markup(
            $"[bold]Customer {Screen.Cell(customer.Published.UserId)}[/] [grey]· {Screen.Cell(customer.Sample.Words)}, "
            + $"of late {Screen.Cell(string.Join(", ", customer.Bought))}[/]");
        ListView.Write(screen, customer.Published, heading: false, length: Shown, reasons: screen.Console.Profile.Width >= 160 ? 2 : 1, plain: customer.Plain);
        if (double.IsFinite(customer.Apart.Published))
        {
            screen.Markup(
                $"[grey]How far apart the ten are by what is said of them: {Format.Number(customer.Apart.Published, "0.000")}, "
                + $"without diversity {Format.Number(customer.Apart.Plain, "0.000")}[/]");
        }
    }

    /// <summary>What the night called beside its own code, as its stages noted it.</summary>
    private static string Libraries(RunReport report)
    {
        string? Fact(string stage, string name) => report.Stages.FirstOrDefault(s => s.Stage == stage)?.Manifest?.Facts.GetValueOrDefault(name);
        string text = Fact(StageNames.Embed, "engine") is { } engine ? $"texts by {engine} on {Fact(StageNames.Embed, "provider")}, " : "";
        return $"log read by {Fact(StageNames.Ingest, "parquet")}, {text}model trained by this project's own trainers, "
            + $"tables written by {Fact(StageNames.Publish, "parquet")} and {Fact(StageNames.Publish, "database")}";
    }

    private static void Hint(Screen screen, string output, List<CustomerLists> customers, string libraries)
    {
        screen.Line();
        screen.Markup($"[grey]This night: {Screen.Cell(libraries)}.[/]");
        if (customers.Count > 0)
        {
            screen.Markup(
                $"[grey]More:[/] lists {Screen.Cell(customers[0].Published.UserId)} --out {Screen.Cell(output)}   "
                + $"lists --item 22423 --out {Screen.Cell(output)}   versions --out {Screen.Cell(output)}   doctor");
        }
        screen.Line();
        screen.Markup("[bold]The console over it[/] [grey](on this machine alone; paste the line, then open http://localhost:5080)[/]");
        screen.Unbroken($"dotnet run -c Release --project Jobs -- serve --development --config data/online-retail/night.json --out {Quoted(output)}");
    }

    /// <summary>As a shell takes it for one word.</summary>
    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static object Json(CustomerLists c) => new
    {
        History = c.Sample.Recent.Length,
        c.Bought,
        Published = ListView.Json(c.Published),
        c.Plain,
        TextDistance = c.Apart.Published,
        PlainTextDistance = c.Apart.Plain,
    };

    private sealed record CustomerLists(
        SampleCustomer Sample, IReadOnlyList<string> Bought, UserList Published, IReadOnlyList<string> Plain, (double Published, double Plain) Apart);
}
