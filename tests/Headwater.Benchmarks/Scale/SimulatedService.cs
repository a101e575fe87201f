using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;

namespace Headwater.Benchmarks.Scale;

/// <summary>
/// Storage in memory, and the time of all processes that use it. Time passes only where a scenario lets it pass, so a slice of maintenance never ends.
/// </summary>
internal sealed class SimulatedService
{
    private ulong _seed = 1;

    private SimulatedService()
    {
        Time = new VirtualTime();
        Blobs = new InMemoryBlobs(Time);
        Tables = new InMemoryTables(Time);
    }

    public VirtualTime Time { get; }

    public InMemoryBlobs Blobs { get; }

    public InMemoryTables Tables { get; }

    public static void Play(Func<SimulatedService, Task> scenario)
    {
        var service = new SimulatedService();
        new TurnLoop(service.Time).Run(() => scenario(service));
    }

    /// <summary>A process that has nothing in memory.</summary>
    public SimulatedProcess Start(LogOptions? options = null) => new(this, options ?? LogOptions.Default, new SeededRandomness(_seed++));

    public Task PassAsync(TimeSpan time) => Task.Delay(time, Time);
}

/// <summary>A process that runs the log and counts its storage calls.</summary>
internal sealed class SimulatedProcess
{
    private static readonly JsonElement Value = JsonSerializer.SerializeToElement("v");

    public SimulatedProcess(SimulatedService service, LogOptions options, SeededRandomness randomness) =>
        Log = new EventLog(
            new LogPorts(new WatchedBlobs(service.Blobs, Storage), new WatchedTables(service.Tables, Storage), service.Time, randomness), options);

    public EventLog Log { get; }

    public CallScript Storage { get; } = new();

    public async Task<StreamDescription> CreateAsync(string name, StreamSettings settings) =>
        (await Log.Streams.CreateAsync(StreamName.Parse(name), settings, CancellationToken.None)).Stream;

    public async Task AppendAsync(StreamDescription stream, int partition, string? key = null)
    {
        using RequestEvents events = Log.NewRequest(stream, new PartitionId(partition), null);
        events.AddJson(new EventAttributes(key, [], null), Value);
        await Log.AppendAsync(stream, events, AppendOptions.None, CancellationToken.None);
    }

    public async Task ReadAsync(StreamDescription stream, int partition, ReadFrom from, int limit)
    {
        using ReadPage page = await Log.ReadAsync(
            stream, new ReadRequest(new PartitionId(partition), from, limit, Limits.ReadBytesDefault, TimeSpan.Zero), CancellationToken.None);
    }
}
