using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Headwater.Testing;

/// <summary>
/// A TCP proxy in front of one HTTP/1.1 service on this machine. It passes all bytes on, except that it cuts the connection inside the body of an answer that
/// a test names. The client sees a body that ends too early; the service sees a client that went away.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Cut> _cuts = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Uri _service;
    private readonly Task _accepting;
    private int _count;

    /// <param name="service">The address of the service; its path is kept.</param>
    public CuttingProxy(Uri service)
    {
        _service = service;
        _listener.Start();
        Address = new UriBuilder(service) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>The address to use instead of the service's.</summary>
    public Uri Address { get; }

    /// <summary>The number of answers cut so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Cuts the next successful answer to a GET whose address contains <paramref name="part"/>. Several cuts apply one after the other, in the order of these
    /// calls. The body must be longer than <paramref name="bodyBytes"/>.
    /// </summary>
    /// <param name="part">A part of the request's path or query.</param>
    /// <param name="bodyBytes">The bytes of the body that still arrive.</param>
    /// <param name="before">Runs after these bytes were sent and before the connection ends; null for nothing.</param>
    public void CutNext(string part, int bodyBytes, Func<Task>? before = null) => _cuts.Enqueue(new Cut(part, bodyBytes, before));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (TcpClient server = new())
        using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
        {
            client.NoDelay = server.NoDelay = true;
            try
            {
                await server.ConnectAsync(_service.Host, _service.Port, either.Token);
                var connection = new Connection();
                Task[] both =
                [
                    RequestsAsync(client.GetStream(), server.GetStream(), connection, either.Token),
                    AnswersAsync(server.GetStream(), client.GetStream(), connection, either.Token),
                ];
                await Task.WhenAny(both);
                await either.CancelAsync();
                await Task.WhenAll(both);
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException or SocketException)
            {
                // One side closed the connection.
            }
        }
    }

    private async Task RequestsAsync(NetworkStream client, NetworkStream server, Connection connection, CancellationToken cancellation)
    {
        byte[] buffer = new byte[64 << 10];
        while (await client.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (_cuts.TryPeek(out Cut? next) && next.IsFor(buffer.AsSpan(0, count)))
            {
                connection.Cut = next;
            }

            await server.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }

    private async Task AnswersAsync(NetworkStream server, NetworkStream client, Connection connection, CancellationToken cancellation)
    {
        byte[] buffer = new byte[64 << 10];
        List<byte> answer = [];
        while (await server.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (connection.Cut is not { } cut)
            {
                await client.WriteAsync(buffer.AsMemory(0, count), cancellation);
                continue;
            }

            answer.AddRange(buffer.AsSpan(0, count));
            byte[] whole = [.. answer];
            if (!Cut.IsSuccess(whole))
            {
                await client.WriteAsync(whole, cancellation);
                answer.Clear();
                connection.Cut = null;
            }
            else if (cut.LengthOf(whole) is { } length && _cuts.TryDequeue(out _))
            {
                await client.WriteAsync(whole.AsMemory(0, length), cancellation);
                await (cut.Before?.Invoke() ?? Task.CompletedTask);
                Interlocked.Increment(ref _count);
                return;
            }
        }
    }

    /// <summary>One connection of a client. HTTP/1.1 without pipelining: the next answer is that of the last request.</summary>
    private sealed class Connection
    {
        private Cut? _cut;

        public Cut? Cut
        {
            get => Volatile.Read(ref _cut);
            set => Volatile.Write(ref _cut, value);
        }
    }

    private sealed record Cut(string Part, int BodyBytes, Func<Task>? Before)
    {
        /// <summary>Whether an answer has a body worth a cut. Errors pass uncut.</summary>
        public static bool IsSuccess(ReadOnlySpan<byte> answer) => answer.StartsWith("HTTP/1.1 2"u8);

        public bool IsFor(ReadOnlySpan<byte> request)
        {
            int end = request.IndexOf((byte)'\r');
            return request.StartsWith("GET "u8) && end > 0
                && System.Text.Encoding.ASCII.GetString(request[..end]).Contains(Part, StringComparison.Ordinal);
        }

        /// <summary>The length of head and body that still arrive; null until the answer has more than that.</summary>
        public int? LengthOf(ReadOnlySpan<byte> answer)
        {
            int head = answer.IndexOf("\r\n\r\n"u8);
            return head >= 0 && answer.Length > head + 4 + BodyBytes ? head + 4 + BodyBytes : null;
        }
    }
}
