using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Quality;

/// <summary>
/// Population stability index of tonight's rows against the rows of the days before:
/// <c>PSI = sum over cells of (p - q) * ln(p / q)</c>, every cell with half a row more on both sides so that an empty one stays finite.
/// By custom, below 0.1 nothing has moved and above 0.25 something has.
/// </summary>
internal sealed class DistributionShift
{
    private readonly EventLog _log;
    private readonly int _firstNew;
    private readonly uint _from;
    private readonly QualityOptions _options;

    /// <param name="firstNew">Events from here on are tonight's.</param>
    public DistributionShift(EventLog log, int firstNew, QualityOptions options)
    {
        _log = log;
        _firstNew = firstNew;
        _options = options;
        uint newest = 0;
        for (int e = 0; e < firstNew; e++)
            if (IsReal(e)) newest = Math.Max(newest, log.Seconds[e]);
        _from = (uint)Math.Max(0, newest - options.ShiftReferenceDays * 86_400);
    }

    /// <summary>
    /// Items in ten cells of equal weight by their popularity in the reference, and one for items that it does not have; NaN where there is too little to
    /// compare.
    /// </summary>
    public double OfItems(int items)
    {
        var counts = new int[items];
        long total = 0;
        for (int e = 0; e < _firstNew; e++)
        {
            if (!InReference(e)) continue;
            counts[_log.Items[e]]++;
            total++;
        }
        var byPopularity = Enumerable.Range(0, items).Where(i => counts[i] > 0).OrderByDescending(i => counts[i]).ThenBy(i => i);
        var cellOf = new byte[items];
        Array.Fill(cellOf, (byte)10);
        long sum = 0;
        foreach (int item in byPopularity)
        {
            cellOf[item] = (byte)Math.Min(9, sum * 10 / Math.Max(1, total));
            sum += counts[item];
        }
        return Index(11, e => cellOf[_log.Items[e]]);
    }

    public double OfKinds() => Index(EventKinds.Count, e => (int)_log.Kinds[e]);

    /// <summary>By hour of the day (UTC); NaN also where the log knows days only.</summary>
    public double OfHours()
    {
        if (!_log.HasTime || !_log.Seconds.AsSpan(0, _log.Count).ContainsAnyExcept(0u)) return double.NaN;
        bool daysOnly = true;
        for (int e = 0; e < _log.Count && daysOnly; e++) daysOnly = _log.Seconds[e] % 86_400 == 0;
        return daysOnly ? double.NaN : Index(24, e => (int)(_log.Seconds[e] % 86_400 / 3600));
    }

    internal static double Psi(ReadOnlySpan<long> now, ReadOnlySpan<long> before)
    {
        double nowTotal = 0, beforeTotal = 0;
        for (int c = 0; c < now.Length; c++)
        {
            nowTotal += now[c] + 0.5;
            beforeTotal += before[c] + 0.5;
        }
        double psi = 0;
        for (int c = 0; c < now.Length; c++)
        {
            double p = (now[c] + 0.5) / nowTotal;
            double q = (before[c] + 0.5) / beforeTotal;
            psi += (p - q) * Math.Log(p / q);
        }
        return psi;
    }

    private double Index(int cells, Func<int, int> cellOf)
    {
        var now = new long[cells];
        var before = new long[cells];
        for (int e = 0; e < _log.Count; e++)
        {
            if (e >= _firstNew ? IsReal(e) : InReference(e)) (e >= _firstNew ? now : before)[cellOf(e)]++;
        }
        return now.Sum() < _options.ShiftMinRows || before.Sum() < _options.ShiftMinRows ? double.NaN : Psi(now, before);
    }

    private bool InReference(int e) => IsReal(e) && _log.Seconds[e] >= _from;

    private bool IsReal(int e) => _log.Statuses[e].IsEvent();
}
