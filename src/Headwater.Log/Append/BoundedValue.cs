using System.Buffers;
using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Append;

/// <summary>
/// Stops an event's value once it exceeds <see cref="Limits.EventBytes"/>. Defaults that the schema adds can make a value many times larger than its JSON.
/// </summary>
internal sealed class BoundedValue : IBufferWriter<byte>
{
    private IBufferWriter<byte> _target = new ArrayBufferWriter<byte>();

    private int _index;

    private int _written;

    /// <exception cref="HeadwaterException">EventTooLarge.</exception>
    public static void Require(int bytes, int index)
    {
        if (bytes > Limits.EventBytes)
        {
            throw AppendRefusals.EventTooLarge(index, $"is {bytes} bytes encoded; the limit is {Limits.EventBytes}");
        }
    }

    /// <summary>This writer, for the open event of a batch.</summary>
    /// <param name="events">The batch.</param>
    /// <param name="index">The event's position in the request.</param>
    public BoundedValue Of(EventBatch events, int index)
    {
        _target = events.Value;
        _index = index;
        _written = 0;
        return this;
    }

    /// <exception cref="HeadwaterException">EventTooLarge.</exception>
    public void Advance(int count)
    {
        _target.Advance(count);
        _written += count;
        Require(_written, _index);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _target.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _target.GetSpan(sizeHint);
}
