namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>
/// Who clicks as no customer does (<see cref="ClickBotOptions"/>). The population's rate is that of accounts that are left, so that bots do not excuse each
/// other; an account that breaks one rule is set aside whole, impressions and all.
/// </summary>
internal sealed class ClickBots(FeedbackRows rows, ClickBotOptions options)
{
    /// <summary>Below this probability an account's clicks are no chance.</summary>
    private const double Impossible = 1e-4;

    private const int Rounds = 5;

    private sealed class Account
    {
        public int Shown, Clicked, Lists, ListsClicked;
        public FeedbackStatus Status;
    }

    /// <summary>Sets the status of bots' rows.</summary>
    /// <param name="byVersion">Joined rows of each version, ordered by user, item, kind and time.</param>
    public void SetAside(IReadOnlyList<int[]> byVersion)
    {
        var accounts = new Dictionary<int, Account>();
        foreach (int[] of in byVersion) Count(of, accounts);
        Bursts(byVersion, accounts);
        Judge(accounts);
        foreach (int[] of in byVersion)
            foreach (int row in of)
                if (rows.Statuses[row] == FeedbackStatus.Joined && accounts[rows.Users[row]].Status is not FeedbackStatus.Joined and var status)
                    rows.Statuses[row] = status;
    }

    private void Count(int[] of, Dictionary<int, Account> accounts)
    {
        for (int i = 0; i < of.Length;)
        {
            int user = rows.Users[of[i]];
            int shown = 0, clicked = 0;
            long lastShown = -1, lastClicked = -1;
            for (; i < of.Length && rows.Users[of[i]] == user; i++)
            {
                if (rows.Statuses[of[i]] != FeedbackStatus.Joined || rows.Kinds[of[i]] == FeedbackKind.Purchase) continue;
                ref long last = ref lastShown;
                ref int count = ref shown;
                if (rows.Kinds[of[i]] == FeedbackKind.Click)
                {
                    last = ref lastClicked;
                    count = ref clicked;
                }
                if (last == rows.Items[of[i]]) continue;
                last = rows.Items[of[i]];
                count++;
            }
            if (shown == 0) continue;
            if (!accounts.TryGetValue(user, out var account)) accounts[user] = account = new Account();
            account.Shown += shown;
            account.Clicked += clicked;
            account.Lists++;
            if (clicked > 0) account.ListsClicked++;
        }
    }

    private void Bursts(IReadOnlyList<int[]> byVersion, Dictionary<int, Account> accounts)
    {
        var clicks = new Dictionary<(int User, long Second), int>();
        foreach (int row in byVersion.SelectMany(of => of))
        {
            if (rows.Statuses[row] != FeedbackStatus.Joined || rows.Kinds[row] != FeedbackKind.Click || rows.Scales[row] != ClickTimes.Absolute) continue;
            var key = (rows.Users[row], ClickTimes.Second(rows.Times[row]));
            int count = clicks[key] = clicks.GetValueOrDefault(key) + 1;
            if (count > options.MaxPerSecond) accounts[key.Item1].Status = FeedbackStatus.BotBurst;
        }
    }

    private void Judge(Dictionary<int, Account> accounts)
    {
        foreach (var account in accounts.Values)
        {
            if (account.Status == FeedbackStatus.Joined && account.Clicked >= options.MinClicks && account.Clicked > options.MaxClickShare * account.Shown)
                account.Status = FeedbackStatus.BotClickShare;
        }
        for (int round = 0; round < Rounds; round++)
        {
            long shown = 0, clicked = 0, lists = 0, listsClicked = 0;
            foreach (var a in accounts.Values.Where(a => a.Status == FeedbackStatus.Joined))
                (shown, clicked, lists, listsClicked) = (shown + a.Shown, clicked + a.Clicked, lists + a.Lists, listsClicked + a.ListsClicked);
            if (shown == 0) return;
            double perItem = options.MaxLiveliness * clicked / shown, perList = options.MaxLiveliness * listsClicked / lists;
            bool found = false;
            foreach (var a in accounts.Values.Where(a => a.Status == FeedbackStatus.Joined && a.Clicked >= options.MinClicks))
            {
                if (Tail(a.Shown, a.Clicked, perItem) >= Impossible && Tail(a.Lists, a.ListsClicked, perList) >= Impossible) continue;
                a.Status = FeedbackStatus.BotClickRate;
                found = true;
            }
            if (!found) return;
        }
    }

    /// <summary>P(X &gt;= <paramref name="successes"/>) of a binomial variable.</summary>
    internal static double Tail(int trials, int successes, double probability)
    {
        if (successes <= trials * probability || probability >= 1) return 1;
        // From the first term on, each is smaller than the one before.
        double log = (trials - successes) * Math.Log(1 - probability);
        for (int k = 0; k < successes; k++) log += Math.Log((trials - k) / (double)(successes - k) * probability);
        double term = Math.Exp(log), sum = 0;
        for (int k = successes; k <= trials && term > 0; k++)
        {
            sum += term;
            term *= (trials - k) / (k + 1.0) * probability / (1 - probability);
        }
        return sum;
    }
}
