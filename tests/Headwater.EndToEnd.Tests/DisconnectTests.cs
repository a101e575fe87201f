using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headwater.EndToEnd.Tests;

/// <summary>A client that disconnects during a request affects no other client.</summary>
public sealed class DisconnectTests(RunningLog log)
{
    private const int Others = 40;

    [Fact]
    public async Task Half_a_body_stores_nothing_and_delays_nobody()
    {
        string stream = await log.CreateAsync();
        string body = """[{"value":"half"},{"value":"other half"}]""";

        Task<HttpStatusCode[]> others = PostOthersAsync(stream);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAndLeaveAsync(stream, body[..20], body.Length)));

        Assert.All(await others, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(Enumerable.Range(0, Others), (await log.ValuesAsync(stream)).Select(v => (int)v).Order());
    }

    [Fact]
    public async Task A_client_that_does_not_wait_for_its_answer_harms_no_other_batch()
    {
        string stream = await log.CreateAsync();
        const string body = """[{"value":-1}]""";

        Task<HttpStatusCode[]> others = PostOthersAsync(stream);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAndLeaveAsync(stream, body, body.Length)));

        Assert.All(await others, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(Enumerable.Range(0, Others), (await log.ValuesAsync(stream)).Select(v => (int)v).Where(v => v >= 0).Order());
    }

    private async Task<HttpStatusCode[]> PostOthersAsync(string stream) => await Task.WhenAll(Enumerable.Range(0, Others).Select(async i =>
    {
        using HttpResponseMessage answer = await log.PostAsync(stream, $$"""[{"value":{{i}}}]""");
        return answer.StatusCode;
    }));

    private async Task SendAndLeaveAsync(string stream, string sent, int declared)
    {
        Uri address = log.Server.Address;
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        string request =
            $"POST /streams/{stream}/events HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {declared}\r\n\r\n{sent}";
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);

        // Closes with a TCP reset instead of a graceful shutdown.
        socket.LingerState = new LingerOption(true, 0);
    }
}
