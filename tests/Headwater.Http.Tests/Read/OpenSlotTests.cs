using Headwater.Core.Positions;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>A cold process opens a few partitions at a time, however many are asked for.</summary>
public sealed class OpenSlotTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_process_opens_at_most_16_partitions_at_a_time()
    {
        var api = new TestApi();
        await api.CreateAsync("""{"partitions":40}""");
        var held = new HeldBlobs(api.Blobs);
        var log = new EventLog(new LogPorts(held, api.Tables, api.Time, new SeededRandomness(2)), LogOptions.Default);
        StreamDescription stream = await log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);

        held.IsHeld = true;
        Task<ReadPage>[] reads = [.. Enumerable.Range(0, 40).Select(p => log.ReadAsync(stream, Request(p), TestApi.Cancellation))];
        Assert.Equal(16, held.Waiting);

        held.Release();
        foreach (ReadPage page in await Task.WhenAll(reads).WaitAsync(TestContext.Current.CancellationToken))
        {
            page.Dispose();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_process_sends_a_few_large_reads_at_a_time_and_small_ones_beside_them()
    {
        HeldBlobs? held = null;
        var api = new TestApi(options: LogOptions.Default with { LargeReads = 4 }, wrap: blobs => held = new HeldBlobs(blobs));
        StreamDescription stream = await StreamAsync(api, "large", 900_000, 900_000);
        StreamDescription other = await StreamAsync(api, "small", 10);
        held!.IsHeld = true;
        Task<ReadPage>[] large = [.. Enumerable.Range(0, 10).Select(_ => api.Log.ReadAsync(stream, Request(0, 4 << 20), TestApi.Cancellation))];
        Assert.Equal(4, held.Waiting);
        Task<ReadPage> small = api.Log.ReadAsync(other, Request(0, 4 << 20), TestApi.Cancellation);
        Assert.Equal(5, held.Waiting);

        held.Release();
        foreach (ReadPage page in await Task.WhenAll([small, .. large]).WaitAsync(TestContext.Current.CancellationToken))
        {
            page.Dispose();
        }
    }

    /// <summary>A stream with events, whose partition is open.</summary>
    private static async Task<StreamDescription> StreamAsync(TestApi api, string name, params int[] bytes)
    {
        await api.CreateAsync("""{"codec":"null"}""", name);
        foreach (int length in bytes)
        {
            await api.PostAsync($"/streams/{name}/events", $$"""[{"value":"{{new string('x', length)}}"}]""");
        }

        StreamDescription stream = await api.Log.Streams.GetAsync(StreamName.Parse(name), TestApi.Cancellation);
        (await api.Log.ReadAsync(stream, Request(0), TestApi.Cancellation)).Dispose();
        return stream;
    }

    private static ReadRequest Request(int partition, int maxBytes) =>
        Request(partition) with { MaxBytes = maxBytes, MaxEvents = 1_000 };

    private static ReadRequest Request(int partition) => new(new PartitionId(partition), ReadFrom.Earliest, 10, 1_000_000, TimeSpan.Zero);

    private sealed class HeldBlobs(IBlobs inner) : RelayedBlobs(inner)
    {
        private readonly TaskCompletionSource _released = new();
        private int _waiting;

        public bool IsHeld { get; set; }

        public int Waiting => Volatile.Read(ref _waiting);

        public override async ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation)
        {
            if (IsHeld)
            {
                Interlocked.Increment(ref _waiting);
                await _released.Task;
            }

            return await base.ReadAsync(name, position, maxBytes, cancellation);
        }

        public void Release() => _released.SetResult();
    }
}
