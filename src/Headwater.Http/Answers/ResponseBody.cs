using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Answers;

/// <summary>The body of an answer, written piece by piece and compressed on the way if the client wants it so.</summary>
internal sealed class ResponseBody
{
    private static readonly object Begun = new();

    private readonly Stream? _compressor;

    private ResponseBody(PipeWriter writer, Stream? compressor)
    {
        Writer = writer;
        _compressor = compressor;
    }

    /// <summary>Flush it from time to time: what is unflushed stays in memory.</summary>
    public PipeWriter Writer { get; }

    /// <summary>True once bytes may be on their way: from then on the answer can only be completed or cut.</summary>
    public static bool HasBegun(HttpContext context) => context.Response.HasStarted || context.Items.ContainsKey(Begun);

    /// <summary>Status and headers are settled by now.</summary>
    public static ResponseBody Begin(HttpContext context, ResponseEncoding encoding)
    {
        context.Items[Begun] = true;
        if (encoding == ResponseEncoding.Identity)
        {
            return new ResponseBody(context.Response.BodyWriter, null);
        }

        context.Response.Headers.ContentEncoding = encoding.Name();
        Stream compressor = encoding.Wrap(context.Response.Body);
        return new ResponseBody(PipeWriter.Create(compressor, new StreamPipeWriterOptions(leaveOpen: true)), compressor);
    }

    /// <summary>Only after everything was written: a body that is not completed is not a whole one to its reader.</summary>
    public async ValueTask CompleteAsync()
    {
        await Writer.FlushAsync();
        if (_compressor is null)
        {
            return;
        }

        await Writer.CompleteAsync();
        await _compressor.DisposeAsync();
    }
}
