using System.Text;
using Headwater.LocalHost.Queues;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.LocalHost.Tests.Queues;

/// <summary>The pump runs on a fake clock with the real handler over in-memory storage. Faults in the tables make the handler fail.</summary>
public sealed class QueuePumpTests : IAsyncDisposable
{
    private static readonly QueueSettings Settings = QueueSettings.Load();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryTables _tables = new();
    private readonly CountedQueues _queues;
    private readonly EventLog _log;
    private readonly QueuedAppends _appends;
    private QueuePump? _pump;

    public QueuePumpTests()
    {
        _queues = new CountedQueues(new InMemoryQueues(_time));
        LogPorts ports = new(new InMemoryBlobs(_time), _tables, _time, new SeededRandomness(1));
        _log = new EventLog(ports, LogOptions.Default);

        // The tests are about the pump's own limit, so the handler's limit is far higher.
        _appends = new QueuedAppends(_log, ports, _queues, QueuedOptions.Default with { MaxDequeueCount = 100 }, NullLogger<QueuedAppends>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _pump?.DisposeAsync() ?? default;

    [Fact]
    public async Task Messages_are_handled_and_deleted()
    {
        await CreateAsync();
        for (int i = 0; i < 40; i++)
        {
            await PutAsync($"{i}");
        }

        Start();
        await UntilAsync(() => _queues.Inner.Bodies("inbox").Count == 0);

        Assert.Equal(40, (await _log.PositionsAsync(await StreamAsync(), Cancellation)).Single().LogEnd.Value);
        Assert.Empty(_queues.Inner.Bodies("inbox-poison"));
    }

    [Fact]
    public async Task A_message_that_failed_is_tried_again()
    {
        await CreateAsync();
        await PutBrokenAsync();
        _tables.Fault = new StorageException(StorageFault.Rejected, "a defect");
        _tables.FaultsLeft = 2;

        Start();
        await UntilAsync(() => _queues.Inner.Bodies("inbox").Count == 0);

        Assert.Single(_queues.Inner.Bodies("inbox-poison"));
        Assert.StartsWith("{\"version\":1,\"poison\"", Text("inbox-poison"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_fails_every_time_is_moved_to_poison_as_it_is()
    {
        await CreateAsync();
        await PutBrokenAsync();
        _tables.Fault = new StorageException(StorageFault.Rejected, "a defect");

        Start();
        await UntilAsync(() => _queues.Inner.Bodies("inbox").Count == 0);

        Assert.Equal("no JSON", Text("inbox-poison"));
    }

    [Fact]
    public async Task A_message_that_was_received_too_often_is_moved_to_poison_untried()
    {
        await CreateAsync();
        await PutAsync("1");
        for (int i = 0; i < Settings.MaxDequeueCount; i++)
        {
            await _queues.ReceiveAsync("inbox", 1, TimeSpan.FromSeconds(1), Cancellation);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Start();
        await UntilAsync(() => _queues.Inner.Bodies("inbox").Count == 0);

        Assert.Single(_queues.Inner.Bodies("inbox-poison"));
        Assert.Equal(0, (await _log.PositionsAsync(await StreamAsync(), Cancellation)).Single().LogEnd.Value);
    }

    [Fact]
    public async Task An_idle_queue_is_looked_at_no_more_often_than_said()
    {
        Start();
        await PassAsync(TimeSpan.FromMinutes(1));
        int before = _queues.Receives;

        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.InRange(_queues.Receives - before, 1, (int)(TimeSpan.FromMinutes(10) / Settings.MaxPollingInterval) + 1);
    }

    [Fact]
    public async Task A_queue_that_fails_is_tried_again()
    {
        await CreateAsync();
        await PutAsync("1");
        _queues.Inner.Fault = new StorageException(StorageFault.Unavailable, "queues");
        Start();
        await PassAsync(TimeSpan.FromMinutes(1));
        _queues.Inner.Fault = null;

        await UntilAsync(() => _queues.Inner.Bodies("inbox").Count == 0);

        Assert.Equal(1, (await _log.PositionsAsync(await StreamAsync(), Cancellation)).Single().LogEnd.Value);
    }

    [Fact]
    public async Task Stopped_it_receives_nothing_more()
    {
        await CreateAsync();
        Start();
        await _pump!.StopAsync();
        int before = _queues.Receives;
        await PutAsync("1");

        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(before, _queues.Receives);
        Assert.Single(_queues.Inner.Bodies("inbox"));
    }

    [Fact]
    public async Task A_message_handled_for_long_stays_hidden()
    {
        var renewed = new MessageHiding("inbox", await TakenAsync(), _queues, TimeSpan.FromSeconds(10), _time, CancellationToken.None);
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await _queues.ReceiveAsync("inbox", 1, TimeSpan.FromSeconds(1), Cancellation));

        Assert.True(await _queues.DeleteAsync("inbox", await renewed.StopAsync(), Cancellation));
        await renewed.DisposeAsync();
    }

    private void Start() => _pump = QueuePump.Start(StorageNames.InboxQueue, _appends, _queues, Settings, _time, NullLogger.Instance);

    private async Task CreateAsync() => await _log.Streams.CreateAsync(StreamName.Parse("s"), new StreamSettings { Inbox = true }, Cancellation);

    private Task<StreamDescription> StreamAsync() => _log.Streams.GetAsync(StreamName.Parse("s"), Cancellation);

    private ValueTask PutAsync(string id) =>
        _queues.SendAsync(
            "inbox", Encoding.UTF8.GetBytes($$"""{"version":1,"id":"{{id}}","stream":"s","events":[{"value":1}]}"""), TimeSpan.Zero, Cancellation);

    private ValueTask PutBrokenAsync() => _queues.SendAsync("inbox", "no JSON"u8.ToArray(), TimeSpan.Zero, Cancellation);

    private string Text(string queue) => Encoding.UTF8.GetString(Assert.Single(_queues.Inner.Bodies(queue)).Span);

    private async Task<MessageReceipt> TakenAsync()
    {
        await PutAsync("1");
        return (await _queues.ReceiveAsync("inbox", 1, TimeSpan.FromSeconds(10), Cancellation)).Single().Receipt;
    }

    /// <summary>
    /// Advances the fake clock in small steps until the condition holds. The pump runs on other threads, so each step waits for them a little, and the
    /// limit is two minutes of real time.
    /// </summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "The condition did not hold within two minutes.");
            await StepAsync(TimeSpan.FromMilliseconds(100));
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            await StepAsync(TimeSpan.FromSeconds(1));
        }
    }

    private async Task StepAsync(TimeSpan time)
    {
        _time.Advance(time);
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancellation);
    }

    /// <summary>Counts how often messages are requested.</summary>
    private sealed class CountedQueues(InMemoryQueues inner) : IQueues
    {
        private int _receives;

        public InMemoryQueues Inner { get; } = inner;

        public int Receives => Volatile.Read(ref _receives);

        public ValueTask CreateAsync(string queue, CancellationToken cancellation) => Inner.CreateAsync(queue, cancellation);

        public ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation) =>
            Inner.SendAsync(queue, body, delay, cancellation);

        public ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _receives);
            return Inner.ReceiveAsync(queue, count, visibility, cancellation);
        }

        public ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation) =>
            Inner.PeekAsync(queue, count, cancellation);

        public ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation) =>
            Inner.ExtendAsync(queue, receipt, visibility, cancellation);

        public ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation) =>
            Inner.DeleteAsync(queue, receipt, cancellation);
    }
}
