using Headwater.Storage.Azure.Metering;
using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>Creates a stream, posts its events, and reads them back through the API and from its files.</summary>
internal sealed class StreamSteps(HttpClient http, StorageMeter meter, IAnsiConsole console)
{
    private readonly LogClient _client = new(http);

    public async Task<StreamResult> RunAsync(DemoStream stream, IReadOnlyList<LogEvent> events, int batch, int requestsAtOnce, CancellationToken stop)
    {
        await _client.CreateAsync(stream, stop);
        (Posted posted, OperationCount appending) = await OperationCount.DuringAsync(
            meter,
            () => ProgressBar.RunAsync(console, $"posting {stream.Name}", events.Count, progress =>
                new PostEvents(_client, stream, batch, requestsAtOnce).RunAsync(events, progress, stop)));
        (ReadBack read, OperationCount reading) = await OperationCount.DuringAsync(meter, () => new ReadThroughApi(_client, stream).RunAsync(stop));
        SegmentsRead files = await new ReadSegmentFiles(_client, http, stream).RunAsync(stop);
        return new StreamResult(stream, events.Count, posted, appending, read, reading, files);
    }
}
