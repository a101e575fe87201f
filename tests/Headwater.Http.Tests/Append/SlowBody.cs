using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Tests.Append;

/// <summary>A request whose body arrives when the test sends it.</summary>
internal sealed class SlowBody : Stream
{
    private readonly SemaphoreSlim _asked = new(0);
    private Memory<byte> _into;
    private TaskCompletionSource<int> _read = new();

    public SlowBody(long declared)
    {
        Context = TestApi.Context("POST", "/streams/s/events", null, ("Content-Type", "application/json"));
        Context.Request.Body = this;
        Context.Request.ContentLength = declared;
    }

    public HttpContext Context { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Returns when the server has taken the bytes and asks for more, or has stopped to ask.</summary>
    public async Task SendAsync(int bytes)
    {
        await _asked.WaitAsync(TestApi.Cancellation);
        while (bytes > 0)
        {
            int taken = Math.Min(bytes, _into.Length);
            bytes -= taken;
            if (!_read.TrySetResult(taken))
            {
                break;
            }

            await _asked.WaitAsync(TestApi.Cancellation);
        }

        _asked.Release();
    }

    public void End() => _read.TrySetResult(0);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _into = buffer;
        var read = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _read = read;
        await using CancellationTokenRegistration registration = cancellationToken.Register(() => read.TrySetCanceled(cancellationToken));
        _asked.Release();
        return await read.Task;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _asked.Dispose();
        base.Dispose(disposing);
    }
}
