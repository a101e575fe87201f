using System.Text;
using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>Makes events of what a segment stores. Thread-safe.</summary>
/// <param name="partition">The segment's partition.</param>
/// <param name="values">Reads the values of the segment's schema.</param>
internal sealed class StoredEvents<T>(PartitionId partition, StoredValues<T> values)
{
    /// <exception cref="HeadwaterException">value_unreadable.</exception>
    public ReceivedEvent<T> Read(in DecodedEvent stored) => new()
    {
        Partition = partition,
        Offset = stored.Offset,
        Appended = stored.Appended,
        Key = stored.HasKey ? Encoding.UTF8.GetString(stored.Key) : null,
        Time = stored.Time,
        Headers = StoredHeaders.Read(stored)!,
        IsTombstone = stored.IsTombstone,
        Value = stored.IsTombstone ? default : ReadValue(stored),
    };

    private T ReadValue(in DecodedEvent stored)
    {
        try
        {
            return values.Read(stored);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException or FormatException or InvalidOperationException
            or OverflowException)
        {
            throw new HeadwaterException(
                HeadwaterException.ValueUnreadable,
                $"The value of event {partition}/{stored.Offset} cannot be read as {typeof(T).Name}: {unreadable.Message}",
                unreadable);
        }
    }
}
