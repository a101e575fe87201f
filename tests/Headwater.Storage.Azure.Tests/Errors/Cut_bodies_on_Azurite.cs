using System.Text;
using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>
/// Connections that end inside the body of a read. The SDK resumes such a body with <c>If-Match</c>, and the service answers 412 if the blob has changed
/// since.
/// </summary>
public sealed class Cut_bodies_on_Azurite(AzuriteFixture azurite) : IAsyncDisposable
{
    private const int Cut = 10_000;

    private readonly string _container = AzuriteFixture.UniqueName();
    private readonly StorageMeter _meter = new();
    private CuttingProxy? _proxy;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_read_of_an_append_blob_that_grows_while_its_body_is_cut_brings_the_bytes_before_the_append()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        byte[] first = Bytes(1, 200_000);
        await direct.CreateAppendBlobAsync("a", Cancellation);
        await direct.AppendBlockAsync("a", 0, first, Cancellation);
        _proxy!.CutNext("/a", Cut, () => AppendAsync(direct, "a", first.Length));

        using BlobRead? read = await cut.ReadAsync("a", 0, 1 << 20, Cancellation);

        Assert.Equal((1, (long)first.Length), (_proxy.Count, read!.Length));
        Assert.True(first.AsSpan().SequenceEqual(read.Content.Span));
    }

    [Fact]
    public async Task A_read_of_an_append_blob_continues_where_its_body_was_cut()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        byte[] first = Bytes(1, 200_000);
        await direct.CreateAppendBlobAsync("a", Cancellation);
        await direct.AppendBlockAsync("a", 0, first, Cancellation);
        for (int i = 0; i < 3; i++)
        {
            int length = first.Length + i;
            _proxy!.CutNext("/a", Cut * 5, () => AppendAsync(direct, "a", length));
        }

        using BlobRead? read = await cut.ReadAsync("a", 0, 1 << 20, Cancellation);

        // Three times 50,000 bytes arrive before the cuts, and the last 50,000 uncut.
        Assert.True(first.AsSpan().SequenceEqual(read!.Content.Span));
        Assert.Equal(3, _proxy!.Count);
    }

    [Fact]
    public async Task A_read_of_an_append_blob_deleted_and_created_again_while_its_body_is_cut_never_mixes_the_two()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        byte[] second = Bytes(2, 300_000);
        await direct.CreateAppendBlobAsync("a", Cancellation);
        await direct.AppendBlockAsync("a", 0, Bytes(1, 200_000), Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, Cancellation); // Creation times have whole seconds.
        _proxy!.CutNext("/a", Cut, async () =>
        {
            await direct.DeleteAsync("a", null, Cancellation);
            await direct.CreateAppendBlobAsync("a", Cancellation);
            await direct.AppendBlockAsync("a", 0, second, Cancellation);
        });

        using BlobRead? read = await cut.ReadAsync("a", 0, 1 << 20, Cancellation);

        Assert.Equal((1, (long)second.Length), (_proxy.Count, read!.Length));
        Assert.True(second.AsSpan().SequenceEqual(read.Content.Span));
    }

    [Fact]
    public async Task A_read_of_a_block_blob_that_is_replaced_while_its_body_is_cut_brings_the_new_content()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        byte[] second = Bytes(2, 150_000);
        await direct.WriteAsync("b", Bytes(1, 200_000), WriteCondition.IfAbsent, Cancellation);
        _proxy!.CutNext("/b", Cut, async () => await direct.WriteAsync("b", second, WriteCondition.Always, Cancellation));

        using BlobRead? read = await cut.ReadAsync("b", 0, 1 << 20, Cancellation);

        Assert.Equal((1, (long)second.Length), (_proxy.Count, read!.Length));
        Assert.True(second.AsSpan().SequenceEqual(read.Content.Span));
    }

    [Fact]
    public async Task A_read_of_a_blob_that_is_deleted_while_its_body_is_cut_finds_no_blob()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        await direct.WriteAsync("b", Bytes(1, 200_000), WriteCondition.IfAbsent, Cancellation);
        _proxy!.CutNext("/b", Cut, async () => await direct.DeleteAsync("b", null, Cancellation));

        Assert.Null(await cut.ReadAsync("b", 0, 1 << 20, Cancellation));
        Assert.Equal(1, _proxy.Count);
    }

    [Fact]
    public async Task A_read_whose_body_is_always_cut_while_the_blob_changes_is_unavailable()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        await direct.WriteAsync("b", Bytes(1, 200_000), WriteCondition.IfAbsent, Cancellation);
        for (byte i = 0; i < 20; i++)
        {
            byte[] next = Bytes(i, 200_000);
            _proxy!.CutNext("/b", Cut, async () => await direct.WriteAsync("b", next, WriteCondition.Always, Cancellation));
        }

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => cut.ReadAsync("b", 0, 1 << 20, Cancellation).AsTask());

        Assert.Equal(StorageFault.Unavailable, thrown.Fault);
    }

    [Fact]
    public async Task An_append_whose_catch_up_is_cut_while_another_process_appends_is_stored_once()
    {
        (IBlobs direct, IBlobs cut) = await OpenAsync();
        EventLog other = LogOver(direct);
        EventLog log = LogOver(cut);
        StreamDescription stream = (await other.Streams.CreateAsync(StreamName.Parse("s"), new StreamSettings { Codec = BlockCodec.Null }, Cancellation)).Stream;
        await AppendAsync(log, stream, "1");
        await AppendAsync(other, stream, new string('x', 200_000));
        _proxy!.CutNext(".avro", Cut, () => AppendAsync(other, stream, "2"));

        await AppendAsync(log, stream, "3");

        Assert.Equal(1, _proxy.Count);
        Assert.Equal(4, (await log.PositionsAsync(stream, Cancellation))[0].LogEnd.Value);
    }

    private static EventLog LogOver(IBlobs blobs) => new(new LogPorts(blobs, new InMemoryTables(), TimeProvider.System, Randomness.System), LogOptions.Default);

    private static async Task AppendAsync(IBlobs blobs, string name, long position)
    {
        AppendAnswer answer = await blobs.AppendBlockAsync(name, position, "+"u8.ToArray(), Cancellation);
        Assert.Equal(AppendStatus.Appended, answer.Status);
    }

    private static async Task AppendAsync(EventLog log, StreamDescription stream, string value)
    {
        using RequestEvents request = log.NewRequest(stream, null, null);
        request.AddBytes(new EventAttributes(null, [], null), Encoding.UTF8.GetBytes(value));
        await log.AppendAsync(stream, request, AppendOptions.None, Cancellation);
    }

    private static byte[] Bytes(byte seed, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7 + (i >> 8) + seed))];

    /// <summary>The same container twice: directly, and through the proxy.</summary>
    private async Task<(IBlobs Direct, IBlobs Cut)> OpenAsync()
    {
        AzureStorage direct = await azurite.StorageAsync();
        string text = await azurite.ConnectionStringAsync();
        string address = text.Split(';').Single(p => p.StartsWith("BlobEndpoint=", StringComparison.Ordinal))["BlobEndpoint=".Length..];
        _proxy = new CuttingProxy(new Uri(address));
        string through = text.Replace(address, _proxy.Address.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal);
        AzureStorage cut = await azurite.StorageAsync(_meter, options => options with { ConnectionString = through, ReadPause = TimeSpan.Zero });
        return (direct.OpenBlobs(_container), cut.OpenBlobs(_container));
    }
}
