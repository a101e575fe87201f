using System.Buffers;
using System.IO.Pipelines;
using Headwater.Log.Read;

namespace Headwater.Http.Read;

/// <summary>
/// Text on its way to the client. It is flushed between events every 64 KiB. The caller has charged the read budget for the text of the largest event, up to
/// 4 MiB. Longer text of one event is flushed inside the event, which blocks the thread until the client has taken it.
/// </summary>
/// <param name="writer">The way to the client.</param>
/// <param name="pace">Cuts slow clients.</param>
/// <param name="eventBytes">Bytes charged for the largest event, beside <see cref="PageBytes"/>.</param>
internal sealed class PageOutput(PipeWriter writer, SendPace pace, int eventBytes) : IBufferWriter<byte>
{
    /// <summary>Bytes after which the text is flushed at the end of an event.</summary>
    public const int FlushBytes = EventText.FreeBytes;

    /// <summary>Bytes that the caller has charged for the text of any page.</summary>
    public const int PageBytes = 2 * FlushBytes;

    /// <summary>Bytes written since the last flush.</summary>
    public int Unflushed { get; private set; }

    public void Advance(int count)
    {
        writer.Advance(count);
        Unflushed += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Unflushed >= PageBytes + eventBytes)
        {
            // The JSON writer cannot wait inside an event. Streams older than the limit on an event's JSON may hold events of any text length.
            pace.FlushAsync(writer, Unflushed, default).AsTask().GetAwaiter().GetResult();
            Unflushed = 0;
        }

        return writer.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await pace.FlushAsync(writer, Unflushed, cancellation);
        Unflushed = 0;
    }
}
