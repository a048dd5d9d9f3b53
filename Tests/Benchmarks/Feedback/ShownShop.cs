using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks.Feedback;

/// <summary>
/// A made-up shop that shows its customers lists and logs what they click. They want items of their cluster, popular ones more, as they buy them, and look at
/// place k with chance k^-<see cref="Decay"/>. Lists stand about dearest first: what is dear is clicked more, and is not wanted more.
/// </summary>
internal sealed class ShownShop(SyntheticParameters parameters)
{
    public const string Config = "night.json", Impressions = "impressions", Shuffled = "shuffled";

    /// <summary>The power of the place by which examination falls.</summary>
    public const double Decay = 1;

    /// <summary>Each list holds some of the items that the shop holds ready for its customer, which are drawn as customers buy.</summary>
    private const int Length = 10, Shelf = 14;

    private const ulong VisitStream = 30, ShelfStream = 31, ListStream = 32, ClickStream = 33;

    /// <summary>Chance that a customer sees the list of a day.</summary>
    private const double Visits = 0.5;

    /// <summary>How likely the most popular item of the cluster would be clicked by who looks, were that not at most 1.</summary>
    private const double Appeal = 3;

    /// <summary>What is not known of the order of a list, beside ln(price).</summary>
    private const double OrderNoise = 0.4;

    private readonly SyntheticShop _shop = new(parameters);

    private readonly double[] _popularity = PowerLaw.Of(parameters.Items, parameters.PopularityExponent, 3, parameters.Seed, 1);

    /// <summary>
    /// Writes events and items, what was shown and clicked (<see cref="Impressions"/>), the same with places that were dealt out anew within each list, as if
    /// nobody knew them (<see cref="Shuffled"/>), and a configuration.
    /// </summary>
    public void Write(string folder, IParquetWriter writer, StageContext context)
    {
        SyntheticLog.Write(parameters, folder, writer, context);
        using var log = new FeedbackLogFile(writer, Path.Combine(folder, Impressions, "log.parquet"));
        using var blind = new FeedbackLogFile(writer, Path.Combine(folder, Shuffled, "log.parquet"));
        // As they buy: mostly of the cluster, else of all.
        double most = _popularity.Max(), others = (1 - parameters.Affinity) / (1 + parameters.Affinity * (_shop.Clusters - 1));
        for (int day = 0; day < parameters.Days; day++)
        {
            string version = parameters.FirstDay.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            for (int user = 0; user < parameters.Users; user++)
            {
                ulong visit = (ulong)user * 10_000 + (ulong)day;
                if (new CounterRandom(parameters.Seed, VisitStream, visit).Uniform() >= Visits) continue;
                var random = new CounterRandom(parameters.Seed, ListStream, visit);
                int[] list = OnShelf(user);
                Array.Sort(Array.ConvertAll(list, _ => random.Uniform()), list);
                list = list[..Length];
                Array.Sort(Array.ConvertAll(list, i => -Math.Log(_shop.Price(i)) + OrderNoise * random.Normal()), list);
                int[] dealt = [.. Enumerable.Range(1, Length)];
                Array.Sort(Array.ConvertAll(dealt, _ => random.Uniform()), dealt);
                var clicks = new CounterRandom(parameters.Seed, ClickStream, visit);
                byte[] id = Text(user);
                for (int k = 0; k < Length; k++)
                {
                    double wanted = (_shop.ClusterOfItem(list[k]) == _shop.ClusterOfUser(user) ? 1 : others) * _popularity[list[k]] / most;
                    bool isClicked = clicks.Uniform() < Math.Pow(k + 1, -Decay) * Math.Min(1, Appeal * wanted);
                    // Some time of the day, an item a second.
                    long time = _shop.Start + ((long)day * 86_400 + user * 7 % 80_000 + k) * 1_000_000;
                    foreach (var (file, place) in new[] { (log, k + 1), (blind, dealt[k]) })
                    {
                        file.Add(id, Text(list[k]), version, "impression"u8, place, time);
                        if (isClicked) file.Add(id, Text(list[k]), version, "click"u8, place, time + 30_000_000);
                    }
                }
            }
        }
        log.Complete();
        blind.Complete();
        File.WriteAllText(Path.Combine(folder, Config), Configuration);
    }

    private int[] OnShelf(int user)
    {
        var random = new CounterRandom(parameters.Seed, ShelfStream, (ulong)user);
        var shelf = new SortedSet<int>();
        while (shelf.Count < Shelf) shelf.Add(_shop.DrawItem(user, ref random));
        return [.. shelf];
    }

    private const string Configuration =
        """
        {
          "Ingest": {
            "Events": [
              {
                "Path": "./events",
                "Columns": { "User": "user_id", "Item": "item_id", "Time": "event_time", "Kind": "event_type", "Quantity": "quantity", "Price": "price" }
              }
            ],
            "Items": { "Path": "./items.parquet", "Columns": { "Id": "item_id", "Category": ["category"], "Price": "price" } }
          },
          "Embed": { "Model": "none" },
          "Train": { "Algorithm": "ease" },
          "Feedback": {
            "Logs": [
              {
                "Name": "shop",
                "Path": "./impressions",
                "Columns": { "User": "user_id", "Item": "item_id", "Version": "version", "Kind": "kind", "Rank": "rank", "Time": "time" }
              }
            ]
          }
        }

        """;

    private static byte[] Text(int id) => Encoding.UTF8.GetBytes(id.ToString(CultureInfo.InvariantCulture));
}
