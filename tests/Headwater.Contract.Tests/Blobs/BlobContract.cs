using System.Text;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

/// <summary>The base class of the blob contract tests.</summary>
public abstract class BlobContract(Backend backend) : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IBlobs Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Blobs = await backend.OpenBlobsAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected async Task<string> AppendBlobAsync(string name, params string[] blocks)
    {
        Assert.True(await Blobs.CreateAppendBlobAsync(name, Cancellation));
        long position = 0;
        foreach (string block in blocks)
        {
            AppendAnswer answer = await Blobs.AppendBlockAsync(name, position, Bytes(block), Cancellation);
            Assert.Equal(AppendStatus.Appended, answer.Status);
            position += Bytes(block).Length;
        }

        return name;
    }

    protected async Task<string> BlockBlobAsync(string name, string content)
    {
        Assert.NotNull(await Blobs.WriteAsync(name, Bytes(content), WriteCondition.IfAbsent, Cancellation));
        return name;
    }

    protected async Task<BlobRead> ReadAsync(string name, long position = 0, int maxBytes = 1_000) =>
        Assert.IsType<BlobRead>(await Blobs.ReadAsync(name, position, maxBytes, Cancellation));

    protected async Task<string> TextAsync(string name)
    {
        using BlobRead read = await ReadAsync(name);
        return Encoding.UTF8.GetString(read.Content.Span);
    }

    protected Task<BlobContents> CaptureAsync() => Blobs.CaptureContentsAsync(Cancellation);

    protected static async Task<StorageException> FaultAsync(StorageFault fault, Func<Task> call)
    {
        StorageException exception = await Assert.ThrowsAsync<StorageException>(call);
        Assert.Equal(fault, exception.Fault);
        return exception;
    }
}
