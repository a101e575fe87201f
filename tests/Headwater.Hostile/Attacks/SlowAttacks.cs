using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Headwater.Hostile.Attacks;

/// <summary>Clients that hold what they were given: slow senders, readers that stop reading, readers that wait.</summary>
internal static class SlowAttacks
{
    private const int Least = 70_000;

    /// <summary>What the next sender declares. Halved by a refusal, so that the senders together take all that the host gives.</summary>
    private static int _declared = 9_000_000;

    public static IEnumerable<Attack> Of(AttackClient client)
    {
        yield return new Attack(
            "60 senders of 300 B/s",
            Parallel: 60,
            () => client.CreateAsync("slow", """{"partitions":1}"""),
            over => SendSlowlyAsync(client.Address, over));
        yield return new Attack(
            "40 readers that stop reading",
            Parallel: 40,
            () => PrepareAsync(client),
            over => StopReadingAsync(client.Address, over));
        yield return new Attack(
            "500 waiting readers",
            Parallel: 500,
            () => client.CreateAsync("waited", """{"partitions":1}"""),
            over => client.GetAsync("/streams/waited/partitions/0/events?offset=latest&wait=PT30S", over));
        yield return new Attack(
            "100 waiting readers of 64 partitions",
            Parallel: 100,
            () => client.CreateAsync("watched", """{"partitions":64}"""),
            over => client.GetAsync("/streams/watched/events?offset=latest&wait=PT30S", over));
    }

    private static async Task PrepareAsync(AttackClient client)
    {
        await client.CreateAsync("unread", """{"partitions":1,"codec":"null"}""");
        byte[] body = AttackClient.Gzip("[{\"value\":\"", new string('z', 1_000_000), 1, "\"}]");
        for (int i = 0; i < 30; i++)
        {
            await client.RequireAsync(
                client.SendAsync(HttpMethod.Post, "/streams/unread/events", body, AttackClient.Json, isGzip: true, CancellationToken.None));
        }
    }

    private static async Task<string> SendSlowlyAsync(Uri address, CancellationToken over)
    {
        int declared = Volatile.Read(ref _declared);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, over);
        NetworkStream stream = socket.GetStream();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /streams/slow/events HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {declared}\r\n\r\n[");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), over);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', 64 * 1024)), over);
        byte[] piece = Encoding.ASCII.GetBytes(new string(' ', 30));
        Task<string> answered = StatusAsync(stream, over);
        while (!answered.IsCompleted)
        {
            await Task.Delay(100, over);
            await stream.WriteAsync(piece, over);
        }

        string status = await answered;
        if (status == "429")
        {
            Interlocked.CompareExchange(ref _declared, Math.Max(Least, declared / 2), declared);
        }

        return status;
    }

    private static async Task<string> StopReadingAsync(Uri address, CancellationToken over)
    {
        using var socket = new TcpClient { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(address.Host, address.Port, over);
        NetworkStream stream = socket.GetStream();
        string request = $"GET /streams/unread/partitions/0/events?limit=10000&maxBytes=33554432 HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), over);
        string status = await StatusAsync(stream, over);
        if (status == "200")
        {
            await Task.Delay(Timeout.Infinite, over);
        }

        return status;
    }

    private static async Task<string> StatusAsync(NetworkStream stream, CancellationToken over)
    {
        byte[] line = new byte[12]; // HTTP/1.1 200
        int read = await stream.ReadAtLeastAsync(line, line.Length, throwOnEndOfStream: false, over);
        return read == line.Length ? Encoding.ASCII.GetString(line, 9, 3) : "cut";
    }
}
