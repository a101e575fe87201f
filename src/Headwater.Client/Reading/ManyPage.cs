using System.Globalization;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A page of several partitions.</summary>
/// <param name="Events">In offset order within each partition, with values as JSON.</param>
/// <param name="Next">Where the next page begins.</param>
internal sealed record ManyPage(IReadOnlyList<ReceivedEvent<ReadOnlyMemory<byte>>> Events, ReadCursor Next)
{
    /// <summary>How long the service asks to wait before the next read, because it could not let this one wait for events.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>Reads a page.</summary>
    /// <param name="scope">The stream.</param>
    /// <param name="start">The partitions and their offsets.</param>
    /// <param name="limit">Most events.</param>
    /// <param name="wait">How long to wait if no partition has events.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="HeadwaterException">offset_below_start and offset_beyond_end with the partition; stream_replaced.</exception>
    public static async Task<ManyPage> ReadAsync<T>(StreamScope<T> scope, ReadCursor start, int limit, TimeSpan wait, CancellationToken cancellation)
    {
        string waiting = wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"&wait={wait.TotalSeconds}") : "";
        var request = new ApiRequest(HttpMethod.Get, $"{scope.Path}/events?cursor={start}&limit={limit}{waiting}") { Accept = MediaTypes.NdJson, Wait = wait };
        using Operation receiving = ClientTelemetry.Receive(scope.Stream, scope.Api.Time);
        ApiAnswer answer = await receiving.WatchAsync(() => scope.Api.RetryAsync(request, cancellation));
        List<ReceivedEvent<ReadOnlyMemory<byte>>> events = EventLines.Read(answer.Body, default);
        receiving.Received(events.Count);
        return new ManyPage(events, NextOf(answer, start, events)) { Pause = answer.Headers.RetryAfter?.Delta };
    }

    /// <summary>A cursor of a later version of the service may have another form. Then the events say where the next page begins.</summary>
    private static ReadCursor NextOf(ApiAnswer answer, ReadCursor start, List<ReceivedEvent<ReadOnlyMemory<byte>>> events)
    {
        if (answer.Header(HeaderNames.NextCursor) is { } text && ReadCursor.Parse(text) is { } next)
        {
            return next;
        }

        var offsets = new Dictionary<PartitionId, Offset>(start.Offsets);
        events.ForEach(e => offsets[e.Partition] = e.Offset.Next);
        return start with { Offsets = offsets };
    }
}
