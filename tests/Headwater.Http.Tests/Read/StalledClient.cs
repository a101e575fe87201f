using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Headwater.Http.Tests.Read;

/// <summary>A client that asks for a page and takes nothing of it.</summary>
internal sealed class StalledClient : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IDisposable
{
    private readonly CancellationTokenSource _aborted = new();
    private readonly Pipe _pipe = new(new PipeOptions(writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1));

    public StalledClient(string path, params (string Name, string Value)[] headers)
    {
        Context = TestApi.Context("GET", path, null, headers);
        Context.Features.Set<IHttpResponseBodyFeature>(this);
        Context.Features.Set<IHttpRequestLifetimeFeature>(this);
    }

    public HttpContext Context { get; }

    public bool IsCut => _aborted.IsCancellationRequested;

    public Stream Stream => _pipe.Writer.AsStream();

    public PipeWriter Writer => _pipe.Writer;

    public CancellationToken RequestAborted
    {
        get => _aborted.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Takes some of what was sent, at least a number of bytes.</summary>
    public void Take(int bytes)
    {
        Xunit.Assert.True(_pipe.Reader.TryRead(out ReadResult read));
        Xunit.Assert.InRange(read.Buffer.Length, bytes, long.MaxValue);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }

    /// <summary>As a server does: writes that wait for the client end.</summary>
    public void Abort()
    {
        _aborted.Cancel();
        _pipe.Reader.Complete();
    }

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    public void Dispose() => _aborted.Dispose();
}
