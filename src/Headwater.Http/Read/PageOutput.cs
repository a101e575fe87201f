using System.Buffers;
using System.IO.Pipelines;
using Headwater.Log.Budgets;

namespace Headwater.Http.Read;

/// <summary>
/// Text on its way to the client. It is flushed between events every 64 KiB. An event whose text is longer charges the read budget for more; if the budget
/// is exhausted, or at 4 MiB, the text is flushed inside the event, which blocks the thread until the client has taken it.
/// </summary>
internal sealed class PageOutput(PipeWriter writer, ReadBudget budget, SendPace pace) : IBufferWriter<byte>, IDisposable
{
    /// <summary>Bytes after which the text is flushed at the end of an event.</summary>
    public const int FlushBytes = 64 * 1024;

    /// <summary>Bytes that the caller has charged for the text of any page.</summary>
    public const int PageBytes = 2 * FlushBytes;

    private const int StepBytes = 512 * 1024;
    private const int MostBytes = 4 << 20;

    private int _charged = PageBytes;

    /// <summary>Bytes written since the last flush.</summary>
    public int Unflushed { get; private set; }

    public void Advance(int count)
    {
        writer.Advance(count);
        Unflushed += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        RequireRoom();
        return writer.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await pace.FlushAsync(writer, Unflushed, cancellation);
        Flushed();
    }

    public void Dispose() => Flushed();

    private void RequireRoom()
    {
        if (Unflushed < _charged)
        {
            return;
        }

        if (_charged < MostBytes && budget.TryTake(StepBytes))
        {
            _charged += StepBytes;
            return;
        }

        // The JSON writer cannot wait inside an event. Streams older than the limit on an event's JSON may hold events of any text length.
        pace.FlushAsync(writer, Unflushed, default).AsTask().GetAwaiter().GetResult();
        Flushed();
    }

    private void Flushed()
    {
        Unflushed = 0;
        budget.GiveBack(_charged - PageBytes);
        _charged = PageBytes;
    }
}
