using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary>What <c>generate</c> leaves beside its logs: a night over the log alone, one that feeds every place, and a file with a rule of each kind.</summary>
internal static class GeneratedConfiguration
{
    /// <summary>Days of a log from which on a forecast is made: fewer say nothing of a week.</summary>
    private const int ForecastFromDays = 56;

    private const string Events =
        """
        {
                "Name": "shop",
                "Path": "./events",
                "Columns": { "User": "user_id", "Item": "item_id", "Time": "event_time", "Kind": "event_type", "Quantity": "quantity", "Price": "price" }
              }
        """;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public const string Log =
        $$"""
        {
          "Ingest": {
            "Events": [
              {{Events}}
            ],
            "Items": {
              "Path": "./items.parquet",
              "Columns": { "Id": "item_id", "Title": "title", "Category": ["category"], "Brand": "brand", "Price": "price" }
            }
          }
        }

        """;

    /// <summary>The log of a kind: ratings, or purchases.</summary>
    public static string Kind(bool ratings) =>
        $$"""
        {
          "Ingest": {
            "Events": [
              {
                "Name": "log",
                "Path": "./events",
                "DefaultKind": "{{(ratings ? "rating" : "purchase")}}",
                "Columns": { "User": "user_id", "Item": "item_id", "Time": "event_time"{{(ratings ? ", \"Value\": \"rating\"" : "")}} }
              }
            ],
            "Items": {
              "Path": "./items.parquet",
              "Columns": { "Id": "item_id", "Category": ["category"] }
            }
          }
        }

        """;

    /// <summary>The log with orders, ratings and their reviews, searches, users and rules.</summary>
    public static string Places(SyntheticParameters shop, SyntheticNames names) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {
          "Ingest": {
            "Events": [
              {{Events}},
              {
                "Name": "orders",
                "Path": "./orders",
                "Columns": {
                  "User": "user_id", "Item": "item_id", "Time": "event_time", "Quantity": "quantity", "Price": "price", "Group": "order_id"
                }
              },
              {
                "Name": "ratings",
                "Path": "./ratings.parquet",
                "DefaultKind": "rating",
                "Columns": { "User": "user_id", "Item": "item_id", "Time": "time", "Value": "stars" }
              }
            ],
            "Items": {
              "Path": "./items.parquet",
              "Columns": {
                "Id": "item_id", "Title": "title", "Category": ["category"], "Brand": "brand", "Price": "price", "Stock": "stock", "Added": "added",
                "Attributes": ["list_price", "recalled", "ships_to"]
              }
            },
            "Users": { "Path": "./users.parquet", "Id": "user_id", "Segment": "tier", "Attributes": ["country"] }
          },
          "Places": {
            "Lists": { "ListPrice": "list_price", "TrendDays": {{Math.Clamp(shop.Days / 4, 1, 28)}} },
            "QueryResults": { "Path": "./searches", "Columns": { "User": "user_id", "Query": "query", "Time": "time" } },
            "Reviews": {
              "Path": "./ratings.parquet",
              "Columns": { "Item": "item_id", "Author": "user_id", "Time": "time", "Rating": "stars", "Text": "review" }
            },
            "Audience": { "Campaigns": [{ "Name": "shelf", "Column": "category", "Values": [{{JsonValue.Create(names.Category).ToJsonString()}}] }] }
          },
          "Forecast": { "Enabled": {{(shop.Days >= ForecastFromDays ? "true" : "false")}}, "Days": 7, "Windows": 2 },
          "Rules": { "File": "./rules.json" }
        }

        """);

    /// <summary>A rule of each kind; those with dates hold on the log's last day.</summary>
    public static string Rules(SyntheticParameters shop, SyntheticNames names)
    {
        var rules = new JsonArray(
            Rule("recalled", "exclude", new() { ["recalled"] = true }),
            Rule("priced", "include", new() { ["price"] = new JsonObject { [">"] = 0 } }),
            new JsonObject { ["name"] = "ships to", ["kind"] = "match", ["item"] = "ships_to", ["user"] = "country" },
            With(Rule("hero", "pin", new() { ["item"] = "0" }), ("position", 4), ("segments", new JsonArray("gold"))),
            new JsonObject { ["name"] = "brands", ["kind"] = "cap", ["per"] = "brand", ["most"] = 4 },
            With(
                Rule("sponsored", "slot", new() { ["brand"] = names.Brand }), ("positions", new JsonArray(6)), ("priority", 5),
                ("from", Day(shop.FirstDay)), ("to", Day(shop.FirstDay.AddDays(shop.Days + 28)))),
            With(Rule("shelf of the week", "quota", new() { ["category"] = names.Category }), ("least", 1)),
            With(Rule("margin", "boost", new() { ["price"] = new JsonObject { [">="] = 20 } }), ("by", 0.05)),
            new JsonObject { ["name"] = "stock", ["kind"] = "limit", ["listsPerPiece"] = 25 },
            With(Rule("own label", "floor", new() { ["brand"] = names.Brand }), ("lists", 10)));
        return new JsonObject { ["rules"] = rules }.ToJsonString(s_indented) + "\n";
    }

    private static JsonObject Rule(string name, string kind, JsonObject where) => new() { ["name"] = name, ["kind"] = kind, ["where"] = where };

    private static JsonObject With(JsonObject rule, params ReadOnlySpan<(string Key, JsonNode Value)> more)
    {
        foreach (var (key, value) in more) rule[key] = value;
        return rule;
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
