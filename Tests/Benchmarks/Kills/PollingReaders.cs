using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Benchmarks.Kills;

/// <summary>
/// Readers that poll the lists of one output folder until they are stopped. A read is torn where a list is not, entry for entry, that of the version which it
/// says it is of, or where that version is neither the old nor the new one, or where it went back to the old.
/// </summary>
internal sealed class PollingReaders : IDisposable
{
    private const int Readers = 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly OutputConnection _place;
    private readonly Dictionary<string, PublishedBytes> _versions;
    private readonly string _old;
    private readonly string[] _users;
    private readonly Task[] _readers;
    private long _polls;
    private long _torn;

    public PollingReaders(string output, PublishedBytes old, PublishedBytes published)
    {
        _place = OutputConnection.OpenForReading(new PublishOptions { Path = output }, TimeProvider.System);
        _versions = new(StringComparer.Ordinal) { [old.Version] = old, [published.Version] = published };
        _old = old.Version;
        _users = [.. old.Lists.Keys.Where(published.Lists.ContainsKey).Order(StringComparer.Ordinal)];
        _readers = [.. Enumerable.Range(0, Readers).Select(n => Task.Factory.StartNew(() => Poll(n), TaskCreationOptions.LongRunning))];
    }

    public long Polls => Interlocked.Read(ref _polls);

    public long Torn => Interlocked.Read(ref _torn);

    /// <summary>The first torn read in words; empty where there was none.</summary>
    public string Example { get; private set; } = "";

    public void Stop()
    {
        _stop.Cancel();
        Task.WaitAll(_readers);
    }

    public void Dispose()
    {
        if (!_stop.IsCancellationRequested) Stop();
        _place.Dispose();
        _stop.Dispose();
    }

    private void Poll(int reader)
    {
        bool isNew = false;
        for (int n = reader; !_stop.IsCancellationRequested; n += Readers)
        {
            string user = _users[n % _users.Length];
            string? fault;
            try
            {
                fault = Fault(user, ref isNew);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                fault = $"{user}: {e.GetType().Name}: {e.Message}";
            }
            Interlocked.Increment(ref _polls);
            if (fault is not null && Interlocked.Increment(ref _torn) == 1) Example = fault;
            // A reader that never rests would take the core that the night needs.
            _stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
        }
    }

    private string? Fault(string user, ref bool isNew)
    {
        if (_place.Store.Read(user) is not { } list) return $"{user} has no list";
        if (!_versions.TryGetValue(list.Version, out var expected)) return $"{user} has a list of {list.Version}, which nobody published";
        if (PublishedBytes.Text(list) != expected.Lists[user]) return $"{user} has a list that is not the one of {list.Version}";
        if (isNew && list.Version == _old) return $"{user} has a list of {_old} again";
        isNew |= list.Version != _old;
        return null;
    }
}
