using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Answers;

/// <summary>The body of an answer, written piece by piece and compressed on the way if the client wants it so.</summary>
internal sealed class ResponseBody
{
    /// <summary>Some clients take a millisecond for every chunk, so small pieces would limit them to a few MB/s.</summary>
    private const int PieceBytes = 64 * 1024;

    private static readonly object Begun = new();

    private readonly Stream? _compressor;

    /// <summary>Receives what was compressed. Not disposed, because that would dispose the server's stream.</summary>
    private readonly BufferedStream? _pieces;

    private ResponseBody(PipeWriter writer, Stream? compressor, BufferedStream? pieces)
    {
        Writer = writer;
        _compressor = compressor;
        _pieces = pieces;
    }

    /// <summary>
    /// Flush it from time to time: what is unflushed stays in memory. What is flushed is sent at once, or compressed and sent in pieces of
    /// <see cref="PieceBytes"/>.
    /// </summary>
    public PipeWriter Writer { get; }

    /// <summary>The most bytes that were flushed and are not sent before the body is completed.</summary>
    public int MostPending => _pieces is null ? 0 : PieceBytes;

    /// <summary>True once bytes may be on their way: from then on the answer can only be completed or cut.</summary>
    public static bool HasBegun(HttpContext context) => context.Response.HasStarted || context.Items.ContainsKey(Begun);

    /// <summary>Status and headers are settled by now.</summary>
    public static ResponseBody Begin(HttpContext context, ResponseEncoding encoding)
    {
        context.Items[Begun] = true;
        if (encoding == ResponseEncoding.Identity)
        {
            return new ResponseBody(context.Response.BodyWriter, null, null);
        }

        context.Response.Headers.ContentEncoding = encoding.Name();
        var pieces = new BufferedStream(context.Response.Body, PieceBytes);
        Stream compressor = new UnflushedStream(encoding.Wrap(pieces));
        PipeWriter writer = PipeWriter.Create(compressor, new StreamPipeWriterOptions(minimumBufferSize: PieceBytes, leaveOpen: true));
        return new ResponseBody(writer, compressor, pieces);
    }

    /// <summary>Only after everything was written: a body that is not completed is not a whole one to its reader.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        await Writer.FlushAsync(cancellation);
        if (_compressor is null)
        {
            return;
        }

        await Writer.CompleteAsync();
        await _compressor.DisposeAsync();
        await _pieces!.FlushAsync(cancellation);
    }
}
