using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Places;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class ItemSeasonTests
{
    private const int Wreath = 0, Tinsel = 1, Cup = 2, Rising = 3, Star = 4, Items = 5, Customers = 60;

    /// <summary>Day 0 is 1 January; Christmas is bought from 20 November (323) to 24 December (357), a year of 364 days.</summary>
    private const int Christmas = 323, After = 358;

    private static readonly SeasonOptions Options = new() { Enabled = true };

    [TestMethod]
    public void Christmas_comes_forward_before_it_and_steps_back_after_it()
    {
        var (before, after) = (Season(364 + Christmas - 3), Season(364 + After));

        Assert.IsGreaterThan(3 * before.Factor(Cup), before.Factor(Wreath));
        Assert.IsLessThan(after.Factor(Cup) / 3, after.Factor(Wreath));
        // What grows over the whole year says nothing of a season: it is as what sells alike all year.
        foreach (var season in new[] { before, after }) Assert.AreEqual(season.Factor(Cup), season.Factor(Rising), 0.15f * season.Factor(Cup));
    }

    [TestMethod]
    public void A_new_item_does_what_its_category_did()
    {
        Assert.IsGreaterThan(2f, Season(364 + Christmas - 3).Factor(Star));
        Assert.IsLessThan(0.5f, Season(364 + After).Factor(Star));
    }

    [TestMethod]
    public void A_log_of_less_than_a_year_and_a_week_says_nothing()
    {
        Assert.IsNull(ItemSeason.Of(Log(364 + 6), Shop(), Options));
        Assert.IsNotNull(ItemSeason.Of(Log(364 + 8), Shop(), Options));
        var log = MadeLog.Of(1, [(0, 1, 0, 0)], hasTime: false);
        Assert.IsNull(ItemSeason.Of(log, MadeLog.CatalogOf(1), Options));
        Assert.IsNull(ItemSeason.Of(MadeLog.Of(1, []), MadeLog.CatalogOf(1), Options));
    }

    [TestMethod]
    public void Less_weight_is_more_careful()
    {
        var half = ItemSeason.Of(Log(364 + After), Shop(), new SeasonOptions { Enabled = true, Weight = 0.5 })!;

        Assert.AreEqual(MathF.Sqrt(Season(364 + After).Factor(Wreath)), half.Factor(Wreath), 1e-6f);
    }

    [TestMethod]
    public void Candidates_stand_by_their_relevance_in_the_season_on_its_scale()
    {
        var block = new CandidateBlock([7], 4) { Own = [3] };
        block.Counts[0] = 4;
        (block.Items[0], block.Items[1], block.Items[2], block.Items[3]) = (Wreath, Cup, Rising, Tinsel);
        (block.Scores[0], block.Scores[1], block.Scores[2], block.Scores[3]) = (5, 4, 1, 9);
        block.Sources[0] = CandidateSource.Text;

        var changed = Season(364 + After).Apply(block);

        CollectionAssert.AreEqual(new[] { Cup, Wreath, Rising, Tinsel }, changed.ItemsOf(0).ToArray(), "what a rule asked for stays behind them");
        Assert.AreEqual(CandidateSource.Text, changed.Sources[1]);
        Assert.AreEqual((changed.Scores[0], 1f), changed.Scales![0]);
        Assert.AreEqual(1, changed.Scores[2]);
        CollectionAssert.AreEqual(new[] { 5f, 4, 1, 9 }, block.ScoresOf(0).ToArray(), "the candidates that came are as they were");
    }

    private static ItemSeason Season(int day) => ItemSeason.Of(Log(day), Shop(), Options)!;

    /// <summary>Up to a day: wreaths and tinsel in their season, cups always, one that ever more people buy, and a star that is new this year.</summary>
    private static PurchaseLog Log(int until)
    {
        var rows = new List<(int, uint, uint, int)>();
        for (int day = 0; day <= until; day++)
        {
            int ofYear = day % 364;
            for (int user = 0; user < Customers; user++)
            {
                // Each customer comes every tenth day.
                if ((user + day) % 10 != 0) continue;
                if (ofYear is >= Christmas and < After) rows.Add((user, (uint)day * MadeLog.Day, 0, user % 2 == 0 ? Wreath : Tinsel));
                rows.Add((user, (uint)day * MadeLog.Day, 0, Cup));
                if (user < Customers * day / 728) rows.Add((user, (uint)day * MadeLog.Day, 0, Rising));
                if (day > 700 && user == 0) rows.Add((user, (uint)day * MadeLog.Day, 0, Star));
            }
        }
        return MadeLog.Of(Customers, rows);
    }

    private static Catalog Shop()
    {
        var catalog = MadeLog.CatalogOf(Items);
        (catalog.Categories[Wreath], catalog.Categories[Tinsel], catalog.Categories[Star]) = ("CHRISTMAS/WREATHS", "CHRISTMAS/TINSEL", "CHRISTMAS/TREE");
        (catalog.Categories[Cup], catalog.Categories[Rising]) = ("KITCHEN", "KITCHEN");
        return catalog;
    }
}
