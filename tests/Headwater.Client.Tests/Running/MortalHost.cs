namespace Headwater.Client.Tests;

/// <summary>A service that is killed and started again while clients use it. Below a client, it sends each request to the host that runs now.</summary>
internal sealed class MortalHost(string connectionString, int seed) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    private HostProcess? _host;

    public int Kills { get; private set; }

    /// <summary>Requests that got no answer because the host died.</summary>
    public int Lost => _lost;

    private int _lost;

    public async Task StartAsync() => Volatile.Write(ref _host, await HostProcess.StartAsync(connectionString, seed == 0 ? 0 : seed + Kills));

    /// <summary>Kills the host, leaves clients without one for a moment, and starts another.</summary>
    public async Task RestartAsync()
    {
        _host!.Dispose();
        Kills++;
        await StartAsync();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(Volatile.Read(ref _host)!.Address, request.RequestUri!.PathAndQuery);
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _lost);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _host?.Dispose();
        _http.Dispose();
        base.Dispose(disposing);
    }
}
