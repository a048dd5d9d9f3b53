using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.Api;

/// <param name="Microseconds">Of every answer, ascending.</param>
/// <param name="HostSeconds">Processor time that the host took for them.</param>
/// <param name="Mixed">Answers with items of another version than they name.</param>
internal sealed record LoadResult(double Seconds, double HostSeconds, int[] Microseconds, long Errors, long Mixed, IReadOnlyCollection<string> Versions)
{
    /// <summary>Milliseconds within which that share of the answers came.</summary>
    public double At(double share) =>
        Microseconds.Length == 0 ? double.NaN : Microseconds[Math.Min(Microseconds.Length - 1, (int)(share * Microseconds.Length))] / 1000.0;
}

/// <summary>Connections that each ask for one user's list after another, as fast as answers come.</summary>
internal sealed class Load(ServingProcess host, NumberedLists lists)
{
    private static readonly byte[] VersionField = Encoding.ASCII.GetBytes("\"version\":\"");
    private static readonly byte[] ItemField = Encoding.ASCII.GetBytes("\"item_id\":\"");
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthField = "Content-Length: "u8.ToArray();

    private readonly ConcurrentDictionary<string, bool> _versions = new(StringComparer.Ordinal);
    private long _errors;
    private long _mixed;

    /// <param name="mayEnd">Asked once <paramref name="span"/> is over; null: it may.</param>
    public async Task<LoadResult> Run(int connections, TimeSpan span, Func<bool>? mayEnd = null)
    {
        var before = host.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        var taken = await Task.WhenAll(Enumerable.Range(0, connections).Select(
            c => Task.Run(() => Connection(c, () => Stopwatch.GetElapsedTime(start) >= span && mayEnd?.Invoke() != false))));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int[] all = [.. taken.SelectMany(t => t).Order()];
        return new LoadResult(seconds, (host.ProcessorTime - before).TotalSeconds, all, _errors, _mixed, [.. _versions.Keys]);
    }

    private async Task<List<int>> Connection(int number, Func<bool> isOver)
    {
        var taken = new List<int>();
        var random = new SplitMix64((ulong)number, "api");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, host.Port);
        var buffer = new byte[64 * 1024];
        while (!isOver())
        {
            string user = NumberedLists.UserId(random.NextInt(lists.Users));
            byte[] request = Encoding.ASCII.GetBytes($"GET /v1/users/{user}/recommendations HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: {host.Key}\r\n\r\n");
            long sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            int length = await Answer(socket, buffer);
            if (length < 0)
            {
                Interlocked.Increment(ref _errors);
                break;
            }
            taken.Add((int)Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            Judge(buffer.AsSpan(0, length));
        }
        return taken;
    }

    /// <summary>Reads one answer into the buffer; its length, or -1 where it is none.</summary>
    private static async Task<int> Answer(Socket socket, byte[] buffer)
    {
        int read = 0, whole = int.MaxValue;
        while (read < whole)
        {
            int more = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (more == 0) return -1;
            read += more;
            if (whole < int.MaxValue) continue;
            int head = buffer.AsSpan(0, read).IndexOf(HeadEnd);
            if (head < 0) continue;
            int field = buffer.AsSpan(0, head).IndexOf(LengthField);
            if (field < 0) return -1;
            var digits = buffer.AsSpan(field + LengthField.Length, head - field - LengthField.Length);
            int end = digits.IndexOf((byte)'\r');
            whole = head + HeadEnd.Length + int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
        }
        return read;
    }

    private void Judge(ReadOnlySpan<byte> answer)
    {
        int at = answer.IndexOf(VersionField);
        if (!answer.StartsWith("HTTP/1.1 200 "u8) || at < 0)
        {
            Interlocked.Increment(ref _errors);
            return;
        }
        var rest = answer[(at + VersionField.Length)..];
        var version = rest[..rest.IndexOf((byte)'"')];
        _versions.TryAdd(Encoding.ASCII.GetString(version), true);
        int items = 0;
        for (at = rest.IndexOf(ItemField); at >= 0; at = rest.IndexOf(ItemField))
        {
            rest = rest[(at + ItemField.Length)..];
            items++;
            if (!rest.StartsWith(version) || rest[version.Length] != (byte)'-')
            {
                Interlocked.Increment(ref _mixed);
                return;
            }
        }
        if (items < lists.Entries) Interlocked.Increment(ref _errors);
    }
}
