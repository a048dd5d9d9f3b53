using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>
/// <c>cart_complements</c>: what goes into one order with an item beyond chance. Pairs are tested by <see cref="StratifiedFisherTest"/>, the share of chance
/// among them is held by <see cref="FalseDiscovery"/>, substitutes are left out, and <see cref="ComplementScore"/> ranks.
/// </summary>
internal sealed class CartComplementsPlace(CartComplementsOptions options) : IPlace
{
    /// <summary>A probability below this is published as this: databases differ in what smaller ones they hold.</summary>
    private const double LeastP = 1e-300;

    public PlaceTable Table => PlaceTables.CartComplements;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:CartComplements:Count is 0"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and what is bought together is counted without noise"
        : inputs.Orders is null ? "the log has neither an order's id (Ingest:Events:N:Columns:Group) nor a time, so nobody knows what was bought together"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var tested = new PairTests(options, inputs.MinCustomers).Run(inputs.Orders!, context);
        if (tested.Counted == 0) return "no order holds two items";
        var lists = ComplementLists.Of(
            tested, options.Count,
            (item, other) => inputs.Catalog.Available[other] && !inputs.AreTwins(item, other)
                && (options.MaxLikeness >= 1 || inputs.Likeness(item, other) < options.MaxLikeness));
        foreach (int item in inputs.ItemOrder())
        {
            int rank = 0;
            foreach (var c in lists[item])
            {
                rows.Put(inputs.Items[item]).Put(++rank).Put(inputs.Items[c.Item]).Put(c.Score).Put(c.Support).Put(c.Lift)
                    .Put(Math.Max(LeastP, Math.Exp(c.LogP)));
            }
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tested.Pairs.Count:N0} of {tested.Tests:N0} pairs are bought together beyond chance in {tested.Counted:N0} orders, "
            + $"at most {options.FalseDiscoveryRate:P0} of them by chance");
    }
}
