using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;

namespace Headwater.Log.Tests;

/// <summary>A process that runs the log, with its own memory, clock and connection to the shared storage.</summary>
internal sealed class Instance
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TimeProvider _time;

    public Instance(World world, LogOptions options, TimeSpan clockSkew, SeededRandomness randomness)
    {
        _time = world.Time;
        var time = new SkewedTime(world.Time, clockSkew);
        Log = new EventLog(new LogPorts(new WatchedBlobs(world.Store, Storage), new WatchedTables(world.Tables, Storage), time, randomness), options);
    }

    public EventLog Log { get; }

    /// <summary>Records this instance's storage calls and decides what happens to them.</summary>
    public CallScript Storage { get; } = new();

    /// <summary>Makes every storage call take a millisecond. Otherwise one that nothing decides is answered before its caller goes on.</summary>
    public Instance Slowly()
    {
        Storage.Every(_ => true, CallFate.After(() => Task.Delay(TimeSpan.FromMilliseconds(1), _time)));
        return this;
    }

    public async Task<StreamDescription> CreateAsync(string name = "orders", StreamSettings? settings = null) =>
        (await Log.Streams.CreateAsync(StreamName.Parse(name), settings ?? Options.Plain, Never)).Stream;

    public Task<StreamDescription> GetAsync(string name = "orders") => Log.Streams.GetAsync(StreamName.Parse(name), Never);

    /// <summary>Makes a request; the values of the events are JSON texts.</summary>
    public RequestEvents Request(StreamDescription stream, IEnumerable<Posted> events, int? target = null, string? unkeyed = null)
    {
        RequestEvents request = Log.NewRequest(stream, target is { } p ? new PartitionId(p) : null, unkeyed);
        foreach (Posted posted in events)
        {
            posted.AddTo(request);
        }

        return request;
    }

    public async Task<AppendOutcome> AppendAsync(
        StreamDescription stream,
        IEnumerable<Posted> events,
        AppendOptions? options = null,
        int? target = null,
        CancellationToken cancellation = default)
    {
        using RequestEvents request = Request(stream, events, target);
        return await Log.AppendAsync(stream, request, options ?? AppendOptions.None, cancellation);
    }

    /// <summary>Appends unkeyed events to partition 0.</summary>
    /// <returns>The offset of the first event.</returns>
    public async Task<long> AppendAsync(StreamDescription stream, params string[] values) =>
        (await AppendAsync(stream, values.Select(v => new Posted(v)), target: 0)).Partitions.Single().Base!.Value.Value;

    /// <inheritdoc cref="AppendAsync(StreamDescription, string[])"/>
    public Task<AppendOutcome> AppendAsync(StreamDescription stream, AppendOptions options, params string[] values) =>
        AppendAsync(stream, values.Select(v => new Posted(v)), options, target: 0);

    public Task<Page> ReadAsync(StreamDescription stream, long from = 0, int limit = 1000, int maxBytes = Limits.ReadBytesDefault, int partition = 0) =>
        ReadAsync(stream, ReadFrom.At(new Offset(from)), limit, maxBytes, partition);

    public async Task<Page> ReadAsync(
        StreamDescription stream,
        ReadFrom from,
        int limit = 1000,
        int maxBytes = Limits.ReadBytesDefault,
        int partition = 0,
        TimeSpan wait = default,
        CancellationToken cancellation = default)
    {
        using ReadPage page = await Log.ReadAsync(stream, new ReadRequest(new PartitionId(partition), from, limit, maxBytes, wait), cancellation);
        return Page.Of(page);
    }

    /// <summary>Reads all events of a partition, page by page.</summary>
    public async Task<IReadOnlyList<Delivered>> ReadAllAsync(StreamDescription stream, int partition = 0, int limit = 1000)
    {
        var all = new List<Delivered>();
        ReadFrom from = ReadFrom.Earliest;
        while (true)
        {
            Page page = await ReadAsync(stream, from, limit, partition: partition);
            if (page.Events.Count == 0)
            {
                return all;
            }

            all.AddRange(page.Events);
            from = ReadFrom.At(page.Next);
        }
    }

    /// <summary>The values of all events of a partition.</summary>
    public async Task<IReadOnlyList<string>> ValuesAsync(StreamDescription stream, int partition = 0) =>
        [.. (await ReadAllAsync(stream, partition)).Select(e => e.Value!)];

    /// <summary>Runs work until it completes or a storage call crashes the instance.</summary>
    /// <returns>False if the instance crashed.</returns>
    public async Task<bool> SurvivesAsync(Task work)
    {
        if (await Task.WhenAny(work, Storage.Died) == work)
        {
            await work;
            return true;
        }

        return false;
    }
}
