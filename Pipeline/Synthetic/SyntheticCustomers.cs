namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>What made-up customers are like.</summary>
/// <param name="BestLambdas">By context, the lambda whose lists its customers like best on average.</param>
/// <param name="Sharpness">How much appeal is lost beside it: appeal falls by exp(-Sharpness * distance^2). 0: all lists are liked alike.</param>
/// <param name="Appeals">By context, chance that an item that is looked at is clicked, on the list that the customer likes best.</param>
internal sealed record CustomerParameters(IReadOnlyList<double> BestLambdas, double Sharpness, IReadOnlyList<double> Appeals)
{
    /// <summary>Half the width of the range over which customers of one context spread around its best lambda.</summary>
    public double TasteSpread { get; init; } = 0.05;

    /// <summary>Rank k is looked at with probability k^-Examination: position bias.</summary>
    public double Examination { get; init; } = 0.8;

    /// <summary>How far items differ: their appeal is even from 1 - ItemSpread to 1 + ItemSpread, 0 to 1.</summary>
    public double ItemSpread { get; init; }

    /// <summary>Chance that what was clicked is bought.</summary>
    public double PurchaseShare { get; init; } = 0.2;

    /// <summary>Chance that a customer comes and sees the list.</summary>
    public double VisitShare { get; init; } = 0.7;
}

/// <summary>
/// Customers whose taste for diversity is planted and whose clicks depend on position: P(click at rank k) = k^-examination * appeal * exp(-sharpness * (lambda
/// - taste)^2) * appeal of the item. What any policy over lambdas is worth is known exactly where items appeal alike, so estimates and learning can be held
/// against the truth. A customer is a function of the seed and a number alone.
/// </summary>
internal sealed class SyntheticCustomers(CustomerParameters parameters, ulong seed)
{
    private const ulong TasteStream = 10, VisitStream = 11, ClickStream = 12, ItemStream = 13, PurchaseStream = 14;

    public CustomerParameters Parameters { get; } = parameters;

    /// <summary>How lively a customer is, evenly from 0.5 to 1.5 times the context's appeal.</summary>
    public double Liveliness(ulong customer) => 0.5 + new CounterRandom(seed, TasteStream, customer).Uniform();

    /// <summary>The lambda that a customer likes best.</summary>
    public double Taste(ulong customer, int context)
    {
        var random = new CounterRandom(seed, TasteStream, customer);
        random.Uniform();
        return Parameters.BestLambdas[context] + (2 * random.Uniform() - 1) * Parameters.TasteSpread;
    }

    public bool Visits(ulong customer, ulong night) => new CounterRandom(seed, VisitStream + (night << 8), customer).Uniform() < Parameters.VisitShare;

    /// <summary>How much an item, by a number of it, is liked beside the mean of 1.</summary>
    public double ItemAppeal(ulong item) => 1 + Parameters.ItemSpread * (2 * new CounterRandom(seed, ItemStream, item).Uniform() - 1);

    /// <summary>Chance that a rank is looked at, 1 for the first.</summary>
    public double Examination(int rank) => Math.Pow(rank, -Parameters.Examination);

    /// <param name="itemAppeal">Of the item that stands there.</param>
    public double ClickProbability(ulong customer, int context, double lambda, int rank, double itemAppeal = 1)
    {
        double off = lambda - Taste(customer, context);
        return Math.Min(
            1,
            Examination(rank) * Liveliness(customer) * Parameters.Appeals[context] * Math.Exp(-Parameters.Sharpness * off * off) * itemAppeal);
    }

    /// <summary>Which ranks of a list a customer clicks, where all items appeal alike.</summary>
    public bool[] Clicks(ulong customer, ulong night, int context, double lambda, int length) =>
        Clicks(customer, night, context, lambda, [.. Enumerable.Repeat(1.0, length)]);

    /// <param name="itemAppeals">By rank.</param>
    public bool[] Clicks(ulong customer, ulong night, int context, double lambda, double[] itemAppeals)
    {
        var random = new CounterRandom(seed, ClickStream + (night << 8), customer);
        var clicks = new bool[itemAppeals.Length];
        for (int k = 0; k < clicks.Length; k++) clicks[k] = random.Uniform() < ClickProbability(customer, context, lambda, k + 1, itemAppeals[k]);
        return clicks;
    }

    /// <summary>Which of the clicked ranks a customer buys from.</summary>
    public bool[] Purchases(ulong customer, ulong night, bool[] clicks)
    {
        var random = new CounterRandom(seed, PurchaseStream + (night << 8), customer);
        return Array.ConvertAll(clicks, click => random.Uniform() < Parameters.PurchaseShare && click);
    }

    /// <summary>The truth: clicks that a list is expected to bring.</summary>
    public double ExpectedClicks(ulong customer, int context, double lambda, int length)
    {
        double sum = 0;
        for (int rank = 1; rank <= length; rank++) sum += ClickProbability(customer, context, lambda, rank);
        return sum;
    }
}
