using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>A line to the tests' PostgreSQL that can be cut, as a server that is restarted or a network that fails.</summary>
internal sealed class CutLine : IDisposable
{
    private readonly string _socket;
    private readonly int _port;
    private readonly ConcurrentBag<Socket> _open = [];
    private TcpListener? _listener;

    public CutLine()
    {
        var server = new NpgsqlConnectionStringBuilder(PostgresServer.Connection);
        _socket = Path.Combine(server.Host!, ".s.PGSQL.5432");
        Mend();
        _port = ((IPEndPoint)_listener!.LocalEndpoint).Port;
        (server.Host, server.Port, server.Timeout) = ("127.0.0.1", _port, 15);
        Connection = server.ToString();
    }

    public string Connection { get; }

    public void Cut()
    {
        _listener!.Dispose();
        while (_open.TryTake(out var socket)) socket.Dispose();
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _ = Accept(_listener);
    }

    public void Dispose() => Cut();

    private async Task Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync();
                var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                _open.Add(near);
                _open.Add(far);
                try
                {
                    await far.ConnectAsync(new UnixDomainSocketEndPoint(_socket));
                }
                catch (SocketException)
                {
                    // Many tests knock at once, and the server takes no more for a moment: this caller is sent away, the line stays.
                    near.Dispose();
                    far.Dispose();
                    continue;
                }
                _ = Pump(near, far);
                _ = Pump(far, near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }
    }

    private static async Task Pump(Socket from, Socket to)
    {
        var bytes = new byte[16_384];
        try
        {
            for (int n; (n = await from.ReceiveAsync(bytes)) > 0;)
                for (int sent = 0; sent < n;) sent += await to.SendAsync(bytes.AsMemory(sent, n - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
        from.Dispose();
        to.Dispose();
    }
}
