using System.Net;
using System.Net.Sockets;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// Slows down guessing: failed tries are counted by address (IPv6: by its /64) and by name over a sliding window. A try counts before its password is looked
/// at, so that many at once count too; one that succeeds is taken back.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    public const int TriesOfAddress = 20;
    public const int TriesOfName = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private const int MaxCounters = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _tries = new(StringComparer.Ordinal);

    /// <summary>Null where the try may go on; otherwise how long to wait.</summary>
    public TimeSpan? Enter(IPAddress? address, string name)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_tries.Count >= MaxCounters) Sweep(now);
            var byAddress = Recent(Of(address), now);
            var byName = Recent(Of(name), now);
            var wait = Max(Wait(byAddress, TriesOfAddress, now), Wait(byName, TriesOfName, now));
            if (wait is not null) return wait;
            byAddress.Enqueue(now);
            byName.Enqueue(now);
            return null;
        }
    }

    /// <summary>The try was right: it does not count, and neither do the name's earlier ones.</summary>
    public void Succeeded(IPAddress? address, string name)
    {
        lock (_gate)
        {
            if (_tries.TryGetValue(Of(address), out var byAddress)) byAddress.TryDequeue(out _);
            _tries.Remove(Of(name));
        }
    }

    private Queue<DateTimeOffset> Recent(string key, DateTimeOffset now)
    {
        if (!_tries.TryGetValue(key, out var tries)) _tries.Add(key, tries = new Queue<DateTimeOffset>());
        while (tries.TryPeek(out var oldest) && now - oldest >= Window) tries.Dequeue();
        return tries;
    }

    // Names come from outside: what they are counted in must not grow with them.
    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, tries) in _tries.ToArray())
            if (tries.Count == 0 || now - tries.Last() >= Window) _tries.Remove(key);
        foreach (var (key, _) in _tries.OrderBy(t => t.Value.Count)
            .ThenBy(t => t.Value.Last())
            .Take(Math.Max(0, _tries.Count - MaxCounters * 9 / 10))
            .ToArray())
        {
            _tries.Remove(key);
        }
    }

    private static TimeSpan? Wait(Queue<DateTimeOffset> tries, int most, DateTimeOffset now) => tries.Count < most ? null : tries.Peek() + Window - now;

    private static TimeSpan? Max(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a > b ? a : b;

    private static string Of(string name) => "n " + name.ToUpperInvariant();

    private static string Of(IPAddress? address)
    {
        if (address is null) return "a";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return "a "
            + (address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString());
    }
}
