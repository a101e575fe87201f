using System.Collections.Concurrent;
using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Threads;

/// <summary>
/// All other tests of this project run on one thread, so that every run is the same. This test runs several instances with several threads each, over
/// storage that answers on other threads. Its assertions hold for every interleaving.
/// </summary>
public sealed class ThreadTests
{
    private const int Instances = 3;

    private const int Partitions = 2;

    private const int Writers = 6;

    private const int Requests = 40;

    /// <param name="openBytes">With none, a partition is dropped and opened again whenever no thread uses it.</param>
    [Theory]
    [InlineData(256 << 20)]
    [InlineData(0)]
    public async Task What_many_threads_append_stands_once_each_and_every_reader_sees_it(long openBytes)
    {
        var store = new YieldingBlobs(new InMemoryBlobs(TimeProvider.System));
        EventLog[] logs = [.. Enumerable.Range(0, Instances).Select(i => Open(store, (ulong)i, openBytes))];
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        StreamDescription stream = (await logs[0].Streams.CreateAsync(StreamName.Parse("orders"), Options.Partitioned(Partitions), cancellation)).Stream;
        var acknowledged = new ConcurrentDictionary<string, (int Partition, long Offset)>();

        Task[] writing = [.. Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(logs[w % Instances], stream, w, acknowledged)))];
        Task<List<string>>[] reading =
        [
            .. Enumerable.Range(0, Partitions * 2).Select(r => Task.Run(() => ReadAsync(logs[r % Instances], stream, r % Partitions))),
        ];
        await Task.WhenAll(writing);
        await WriteAsync(logs[0], stream, "end");
        List<string>[] read = await Task.WhenAll(reading);

        Assert.Equal(Writers * Requests, acknowledged.Count);
        for (int p = 0; p < Partitions; p++)
        {
            await Audit.PartitionAsync(store, stream, p);
            string[] expected = [.. acknowledged.Where(a => a.Value.Partition == p).OrderBy(a => a.Value.Offset).Select(a => a.Key)];
            Assert.Equal(expected, read[p].SkipLast(1));
            Assert.Equal(read[p], read[p + Partitions]);
        }
    }

    private static EventLog Open(IBlobs store, ulong seed, long openBytes) =>
        new(
            new LogPorts(store, new InMemoryTables(), TimeProvider.System, new LockedRandomness(seed)),
            LogOptions.Default with { SegmentAppends = 12, CheckpointAppends = 6, OpenPartitionBytes = openBytes });

    private static async Task WriteAsync(
        EventLog log,
        StreamDescription stream,
        int writer,
        ConcurrentDictionary<string, (int Partition, long Offset)> acknowledged)
    {
        for (int i = 0; i < Requests; i++)
        {
            string value = string.Create(CultureInfo.InvariantCulture, $"{writer}.{i}");
            using RequestEvents events = log.NewRequest(stream, new PartitionId(i % Partitions), null);
            new Posted(value).AddTo(events);
            AppendOutcome outcome = await log.AppendAsync(stream, events, AppendOptions.None, TestContext.Current.CancellationToken);
            Assert.True(acknowledged.TryAdd(value, (outcome.Partitions.Single().Partition.Value, outcome.Partitions.Single().Base!.Value.Value)));
        }
    }

    private static async Task WriteAsync(EventLog log, StreamDescription stream, string value)
    {
        for (int p = 0; p < Partitions; p++)
        {
            using RequestEvents events = log.NewRequest(stream, new PartitionId(p), null);
            new Posted(value).AddTo(events);
            await log.AppendAsync(stream, events, AppendOptions.None, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Reads events as they are appended, up to the event "end".</summary>
    private static async Task<List<string>> ReadAsync(EventLog log, StreamDescription stream, int partition)
    {
        var values = new List<string>();
        Offset next = Offset.Zero;
        while (values.LastOrDefault() != "end")
        {
            var request = new ReadRequest(new PartitionId(partition), ReadFrom.At(next), 7, 1 << 20, TimeSpan.FromSeconds(5));
            using ReadPage page = await log.ReadAsync(stream, request, TestContext.Current.CancellationToken);
            values.AddRange(page.Blocks.SelectMany(Delivered.Of).Select(e => e.Value!));
            next = page.Range.Next;
        }

        return values;
    }

    /// <summary>Answers each call on a different thread from the one that made it.</summary>
    private sealed class YieldingBlobs(IBlobs inner) : IBlobs
    {
        public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) =>
            LaterAsync(() => inner.CreateAppendBlobAsync(name, cancellation));

        public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
            LaterAsync(() => inner.AppendBlockAsync(name, condition, data, cancellation));

        public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) => LaterAsync(() => inner.SealAsync(name, cancellation));

        public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
            LaterAsync(() => inner.ReadAsync(name, position, maxBytes, cancellation));

        public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
            LaterAsync(() => inner.WriteAsync(name, content, condition, cancellation));

        public async ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
        {
            await Task.Yield();
            await inner.StageBlockAsync(name, blockId, data, cancellation);
        }

        public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
            LaterAsync(() => inner.CommitBlocksAsync(name, blockIds, cancellation));

        public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) =>
            LaterAsync(() => inner.DeleteAsync(name, ifMatch, cancellation));

        public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
            LaterAsync(() => inner.ListAsync(prefix, continuation, pageSize, cancellation));

        public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
            LaterAsync(() => inner.ListFoldersAsync(prefix, continuation, cancellation));

        public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
            LaterAsync(() => inner.SignReadAsync(name, now, expires, cancellation));

        private static async ValueTask<T> LaterAsync<T>(Func<ValueTask<T>> call)
        {
            await Task.Yield();
            T answer = await call();
            await Task.Yield();
            return answer;
        }
    }

    /// <summary>A lock makes <see cref="SeededRandomness"/> thread-safe.</summary>
    private sealed class LockedRandomness(ulong seed) : Randomness
    {
        private readonly Lock _gate = new();

        private readonly SeededRandomness _inner = new(seed);

        public override void Fill(Span<byte> bytes)
        {
            lock (_gate)
            {
                _inner.Fill(bytes);
            }
        }
    }
}
