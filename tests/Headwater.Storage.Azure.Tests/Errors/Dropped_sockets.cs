using System.Net;
using System.Net.Sockets;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using StorageOperation = Headwater.Storage.Azure.Metering.StorageOperation;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>Runs the SDK's own transport against broken sockets, to test the exceptions that it really throws.</summary>
public sealed class Dropped_sockets : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly StorageMeter _meter = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_connection_closed_after_the_request_leaves_the_outcome_unknown()
    {
        _listener.Start();
        Task server = AnswerOnceAsync(""u8.ToArray());

        AppendAnswer answer = await Open().AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);

        await server;
        Assert.Equal((AppendStatus.Unknown, 1L), (answer.Status, _meter.Count(StorageOperation.BlobAppend)));
    }

    [Fact]
    public async Task A_connection_closed_within_the_answer_leaves_the_outcome_unknown()
    {
        _listener.Start();
        Task server = AnswerOnceAsync("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n123"u8.ToArray());

        AppendAnswer answer = await Open().AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);

        await server;
        Assert.Equal((AppendStatus.Unknown, 1L), (answer.Status, _meter.Count(StorageOperation.BlobAppend)));
    }

    [Fact]
    public async Task An_answer_that_is_not_HTTP_leaves_the_outcome_unknown()
    {
        _listener.Start();
        Task server = AnswerOnceAsync("SSH-2.0-OpenSSH_9.6\r\n\r\n"u8.ToArray());

        AppendAnswer answer = await Open().AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);

        await server;
        Assert.Equal((AppendStatus.Unknown, 1L), (answer.Status, _meter.Count(StorageOperation.BlobAppend)));
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        _listener.Start();
        IBlobs blobs = Open();
        _listener.Stop();

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => blobs.SealAsync("a", Cancellation).AsTask());

        Assert.Equal(StorageFault.Unavailable, thrown.Fault);
    }

    [Fact]
    public async Task Nobody_listening_proves_that_an_append_stored_nothing()
    {
        _listener.Start();
        IBlobs blobs = Open();
        _listener.Stop();

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation).AsTask());

        Assert.Equal(StorageFault.Unavailable, thrown.Fault);
    }

    private IBlobs Open()
    {
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        AzureStorageOptions options = new()
        {
            ConnectionString = $"AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:{port}/a;"
                + $"TableEndpoint=http://127.0.0.1:{port}/a;QueueEndpoint=http://127.0.0.1:{port}/a",
        };
        return new AzureStorage(options, _meter, TimeProvider.System).OpenBlobs("streams");
    }

    private async Task AnswerOnceAsync(byte[] answer)
    {
        using Socket connection = await _listener.AcceptSocketAsync(Cancellation);
        byte[] request = new byte[64 << 10];
        int count = 0;

        while (!IsWhole(request.AsSpan(0, count)))
        {
            count += await connection.ReceiveAsync(request.AsMemory(count), SocketFlags.None, Cancellation);
        }

        await connection.SendAsync(answer, SocketFlags.None, Cancellation);
        connection.Shutdown(SocketShutdown.Both);
    }

    // The body is one byte long and follows the empty line.
    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        int end = request.IndexOf("\r\n\r\n"u8);
        return end >= 0 && request.Length > end + 4;
    }
}
