using System.Text;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

[TestClass]
internal sealed class RulesFileTests
{
    [TestMethod]
    [DataRow("""{ "name": "a", "kind": "boost", "where": { "brand": "X" }, "by": 50 }""", "rule 1 'a', by is 50; expected a number from -10 to 10")]
    [DataRow("""{ "name": "a", "kind": "bost" }""", "rule 1 'a', kind is \"bost\"; expected one of exclude, include, match, pin")]
    [DataRow("""{ "name": "a", "kind": "exclude" }""", "rule 1 'a', where is missing; expected an object of conditions")]
    [DataRow("""{ "kind": "exclude", "where": { "brand": "X" } }""", "rule 1, name is missing; expected a name")]
    [DataRow("""{ "name": "a", "kind": "cap", "per": "brand", "mots": 2 }""", "field 'mots' is unknown; expected a field of kind cap")]
    [DataRow("""{ "name": "a", "kind": "cap", "per": "brand", "mots": 2 }""", "did you mean 'most'?")]
    [DataRow("""{ "name": "a", "kind": "exclude", "where": { "price": { "<": "cheap" } } }""", "where 'price' is \"cheap\"; expected a number")]
    [DataRow("""{ "name": "a", "kind": "exclude", "where": { "price": { "~": 5 } } }""", "where 'price' is '~'; expected one of =, !=, <, <=")]
    [DataRow("""{ "name": "a", "kind": "pin", "where": { "brand": "X" } }""", "where is {\"brand\":\"X\"}; expected the item by its id")]
    [DataRow("""{ "name": "a", "kind": "slot", "where": { "brand": "X" }, "positions": [0] }""", "positions is [0]; expected different whole numbers")]
    [DataRow("""{ "name": "a", "kind": "exclude", "where": { "brand": "X" }, "from": "soon" }""", "from is \"soon\"; expected a day or moment in UTC")]
    [DataRow(
        """{ "name": "a", "kind": "limit", "lists": 9, "lessExpected": true }""",
        "listsPerPiece is missing; expected a number of lists for each piece that is left")]
    [DataRow("""{ "name": "a", "kind": "limit" }""", "lists is missing; expected one of lists, share and listsPerPiece")]
    [DataRow("""{ "name": "a", "kind": "floor", "lists": 3, "segments": ["x"] }""", "segments is [\"x\"]; expected nothing")]
    [DataRow("7", "rule 1, the rule is 7; expected an object with name, kind")]
    public void Look_at_a_wrong_rule_names_file_rule_field_value_and_remedy(string rule, string expected)
    {
        using var folder = new TempFolder();
        string file = folder.File("shop.json");
        File.WriteAllText(file, $"{{ \"rules\": [ {rule} ] }}");

        var faults = RulesFile.Look(file).Faults;

        StringAssert.StartsWith(faults[0], $"Rules:File '{file}', rule 1");
        StringAssert.Contains(string.Join('\n', faults), expected);
    }

    [TestMethod]
    public void Validate_tells_every_fault_of_the_file_as_one_of_the_configuration()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.json"), """{ "rules": [ { "name": "a", "kind": "x" }, { "name": "b", "kind": "y" } ] }""");
        var check = new OptionsCheck("Rules");

        new RulesOptions { File = folder.File("r.json") }.Validate(check);
        new RulesOptions { File = folder.File("nowhere.json") }.Validate(check);

        Assert.HasCount(3, check.Faults);
        StringAssert.Contains(check.Faults[2], "which is not there; expected a JSON or Parquet file of rules");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{")]
    [DataRow("{ \"rules\": 5 }")]
    [DataRow("{ \"rules\": [ { \"name\": \"a\", \"name\": \"b\" } ] }")]
    [DataRow("PAR1PAR1PAR1")]
    [DataRow("\u0000\u0001")]
    public void Look_at_bytes_that_are_no_rules_is_one_fault(string bytes)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.json"), bytes);

        Assert.HasCount(1, RulesFile.Look(folder.File("r.json")).Faults);
    }

    [TestMethod]
    public void Read_of_hostile_text_keeps_it_on_one_short_line_of_the_message()
    {
        using var folder = new TempFolder();
        string hostile = new string('<', 5_000) + "\u001b[31m\n'; DROP TABLE versions; --";
        File.WriteAllText(
            folder.File("r.json"),
            new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["name"] = "a", ["kind"] = hostile, [hostile] = 1 }) }.ToJsonString());

        string fault = Assert.ThrowsExactly<ConfigurationException>(() => RulesFile.Read(folder.File("r.json"))).Message;

        Assert.IsLessThan(600, fault.Length);
        Assert.IsFalse(fault.Any(char.IsControl), fault);
    }

    [TestMethod]
    public void Parquet_gives_the_rules_that_json_gives()
    {
        using var folder = new TempFolder();
        var columns = new[]
        {
            ("name", "few"), ("kind", "cap"), ("where", """{ "price": { "<": 5 } }"""), ("per", "brand"), ("most", "2"), ("from", "2026-01-01"),
        };
        ColumnField[] fields = [.. columns.Select(c => new ColumnField(c.Item1, c.Item1 == "most" ? ColumnType.Int32 : ColumnType.Utf8))];
        using (var to = ParquetFiles.Writer().Create(folder.File("rules.parquet"), fields))
        {
            to.Append([.. columns.Select((c, at) => c.Item1 == "most" ? (Column)new ValueColumn<int>(fields[at], 1, [2]) : Text(fields[at], c.Item2))], 1);
            to.Complete();
        }

        var rule = RulesFile.Read(folder.File("rules.parquet")).Rules.Single();
        var same = RuledShop.Read(
            """[{ "name": "few", "kind": "cap", "where": { "price": { "<": 5 } }, "per": "brand", "most": 2, "from": "2026-01-01" }]""").Rules.Single();

        Assert.AreEqual((same.Name, same.Kind, same.Per, same.Most, same.From), (rule.Name, rule.Kind, rule.Per, rule.Most, rule.From));
        Assert.AreEqual(Comparison.Less, rule.Where.Single().Comparison);
        Assert.AreEqual("5", rule.Where.Single().Values.Single());
    }

    [TestMethod]
    public void Warnings_count_values_and_columns_that_there_are_not()
    {
        var shop = new RuledShop(3);
        shop.Brands[0] = "ACME";

        var warnings = shop.Rules("""
            [{ "name": "gone", "kind": "exclude", "where": { "brand": ["ACME", "Gone", "Away"] } },
             { "name": "hue", "kind": "exclude", "where": { "colour": "red" } },
             { "name": "seg", "kind": "boost", "where": { "brand": "ACME" }, "by": 1, "segments": ["vip"] },
             { "name": "id", "kind": "pin", "where": { "item": "i99" } }]
            """).Warnings();

        string all = string.Join('\n', warnings);
        StringAssert.Contains(all, "rule 1 'gone' names 2 of 3 values that no item has");
        StringAssert.Contains(all, "rule 2 'hue' speaks of the column 'colour', which the catalog has not");
        StringAssert.Contains(all, "rule 3 'seg' names 1 of 1 segments that no user has");
        StringAssert.Contains(all, "rule 4 'id' names 1 of 1 values that no item has");
    }

    private static Utf8Column Text(ColumnField field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new Utf8Column(field, 1, [0, bytes.Length], bytes);
    }
}
