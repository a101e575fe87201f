using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Headwater.Http.Tests.Read;

/// <summary>A client that asks for a page and takes nothing of it.</summary>
internal sealed class StalledClient : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IDisposable
{
    private readonly CancellationTokenSource _aborted = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));

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

    /// <summary>As a server does: whoever waits for the client goes on.</summary>
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
