using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Headwater.Http.Tests.Read;

/// <summary>A response body that remembers the most bytes that were written and not yet flushed.</summary>
internal sealed class UnflushedBytes(IHttpResponseBodyFeature inner) : PipeWriter, IHttpResponseBodyFeature
{
    private long _unflushed;

    public long Most { get; private set; }

    public long Written { get; private set; }

    public Stream Stream => inner.Stream;

    public PipeWriter Writer => this;

    public override void Advance(int bytes)
    {
        inner.Writer.Advance(bytes);
        Written += bytes;
        _unflushed += bytes;
        Most = Math.Max(Most, _unflushed);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _unflushed = 0;
        return inner.Writer.FlushAsync(cancellationToken);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.Writer.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Writer.Complete(exception);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        inner.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => inner.CompleteAsync();
}
