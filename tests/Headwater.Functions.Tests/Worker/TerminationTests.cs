using System.Net;
using System.Text;
using Headwater.Functions.Hosting;
using Headwater.Log.Ports;
using Headwater.Testing;
using Headwater.WorkerHost;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>The worker is asked to stop, as the host does when it scales in.</summary>
public sealed class TerminationTests
{
    [Fact]
    public async Task A_worker_that_is_asked_to_end_answers_what_is_in_flight_and_writes_its_checkpoints()
    {
        RunningWorker.SkipUnlessPublished();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using AzuriteProcess azurite = await AzuriteProcess.StartAsync(cancellation);
        await using HostedWorker worker = await RunningWorker.StartAsync(azurite, (AppSettings.LogLevel, "Information"));
        using HttpRequestMessage create = new Call("PUT", "/streams/s", "{}").Request();
        using HttpResponseMessage created = await worker.Http.SendAsync(create, cancellation);
        using var body = new TwoParts("""[{"value":"before"},""", """{"value":"after"}]""");
        Task<HttpResponseMessage> appending = worker.Http.PostAsync(new Uri("/streams/s/events", UriKind.Relative), body, cancellation);
        await body.FirstSent;

        worker.AskToTerminate();
        await worker.HasLoggedAsync("Application is shutting down", cancellation);
        body.Continue();

        using HttpResponseMessage appended = await appending;
        int exitCode = await worker.ExitAsync(cancellation);
        BlobPage blobs = await Hosts.Open(azurite).Ports.Blobs.ListAsync("s/", null, 100, cancellation);
        Assert.Equal((HttpStatusCode.OK, 0), (appended.StatusCode, exitCode));
        Assert.Contains(blobs.Items, b => b.Name.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    /// <summary>A JSON body whose second part is sent only when the test releases it.</summary>
    private sealed class TwoParts : HttpContent
    {
        private readonly byte[] _first;
        private readonly byte[] _second;
        private readonly TaskCompletionSource _firstSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TwoParts(string first, string second)
        {
            (_first, _second) = (Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));
            Headers.ContentType = new("application/json");
        }

        public Task FirstSent => _firstSent.Task;

        public void Continue() => _continue.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_first);
            await stream.FlushAsync();
            _firstSent.SetResult();
            await _continue.Task;
            await stream.WriteAsync(_second);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _first.Length + _second.Length;
            return true;
        }
    }
}
