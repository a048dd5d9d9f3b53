using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Commands;
using Recsys.Batch.Jobs.Cli.Display;
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

    public static Command Build(Surroundings surroundings)
    {
        var output = OutputOption.New();
        output.DefaultValueFactory = _ => Path.Combine("out", "demo");
        return new Command("demo", "A whole night over the shop data in data/, with a summary and sample lists") { output }.Does(
            surroundings,
            async call =>
            {
                var night = call.Night(output, DemoData.Find(surroundings.Folder));
                call.Screen.Markup("[bold]A night over one year of a gift shop's log[/] [grey](data/online-retail)[/]");
                var report = await RunCommand.RunAsync(call, night, new RunRequest()).ConfigureAwait(false);
                var customers = Customers(report, night, call.Surroundings.Time);
                RunView.Write(call.Screen, report, night);
                foreach (var customer in customers) Show(call.Screen, customer);
                Hint(call.Screen, call.Value(output)!, customers);
                call.Screen.Json(new { Run = RunView.Json(report, night), Customers = customers.Select(Json) });
                return 0;
            },
            RunCommand.ResumeHint);
    }

    private static List<CustomerLists> Customers(RunReport report, NightOptions night, TimeProvider time)
    {
        string ingest = report.Stages.Single(s => s.Stage == StageNames.Ingest).Folder;
        var interactions = IngestArtifacts.ReadInteractions(ingest);
        var catalog = IngestArtifacts.ReadCatalog(ingest);
        var users = IngestArtifacts.ReadUsers(ingest);
        using var place = OutputPlace.OpenForReading(night.Publish, time);
        var lists = new UserLists(place.Store);
        var plain = new PlainLists(report, night);
        return [.. SampleCustomers.Choose(interactions, catalog).Select(c => new CustomerLists(
            c,
            [.. c.Recent.Take(3).Select(i => catalog.Titles[i]!)],
            lists.Read(users.Text(c.User)),
            [.. plain.Top(c.User, Shown).Select(i => catalog.Titles[i] ?? IngestArtifacts.ReadItems(ingest).Text(i))]))];
    }

    private static void Show(Screen screen, CustomerLists customer)
    {
        screen.Line();
        screen.Markup($"[bold]Customer {Screen.Cell(customer.Published.UserId)}[/] [grey]· {Screen.Cell(customer.Sample.Words)}, of late {Screen.Cell(string.Join(", ", customer.Bought))}[/]");
        ListView.Write(screen, customer.Published, heading: false, length: Shown, reasons: screen.Console.Profile.Width >= 160 ? 2 : 1, plain: customer.Plain);
    }

    private static void Hint(Screen screen, string output, List<CustomerLists> customers)
    {
        screen.Line();
        if (customers.Count == 0) return;
        screen.Markup($"[grey]More:[/] lists {Screen.Cell(customers[0].Published.UserId)} --out {Screen.Cell(output)}   versions --out {Screen.Cell(output)}   doctor");
        screen.Markup("[grey]* stands where the model's own order, without diversification, has another item.[/]");
    }

    private static object Json(CustomerLists c) => new { History = c.Sample.Recent.Length, c.Bought, Published = ListView.Json(c.Published), c.Plain };

    private sealed record CustomerLists(SampleCustomer Sample, IReadOnlyList<string> Bought, UserList Published, IReadOnlyList<string> Plain);
}
