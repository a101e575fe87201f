using System.Buffers;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Appends events in one request.</summary>
internal static class AppendCall
{
    private const string Representation = "return=representation";

    /// <exception cref="HeadwaterException">The last failure. Its <see cref="HeadwaterException.Appended"/> says whether events are stored.</exception>
    public static async Task<AppendResult> SendAsync<T>(
        StreamScope<T> scope, IReadOnlyList<NewEvent<T>> events, AppendOptions options, CancellationToken cancellation)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (NewEvent<T> item in events)
        {
            EventLines.Write(lines, item, scope.Values, isTraced: options.IdempotencyKey is null);
        }

        string path = options.Partition is { } partition ? $"{scope.Path}/partitions/{partition}/events" : $"{scope.Path}/events";
        ApiRequest request = new ApiRequest(HttpMethod.Post, path) { Appends = true, ContentType = MediaTypes.NdJson, Body = lines.WrittenMemory }
            .With(HeaderNames.IdempotencyKey, options.IdempotencyKey ?? ApiConnection.NewId())
            .With(HeaderNames.IfOffset, options.IfOffset?.ToString())
            .With(HeaderNames.StreamId, options.StreamId)
            .With(HeaderNames.Prefer, Representation);
        using Operation sending = ClientTelemetry.Send(scope.Stream, events.Count, scope.Api.Time);
        (ApiAnswer answer, AppendedAnswer appended) = await sending.WatchAsync(
            () => AppendRequests.UntilStoredAsync(scope.Api, request, scope.Api.NewBackoff(), a => NamesAll(a, events.Count), cancellation));
        return new AppendResult([.. appended.Offsets!.Select(Place)], answer.Header(HeaderNames.IdempotentReplay) is not null)
        {
            StreamId = answer.Header(HeaderNames.StreamId),
        };
    }

    private static bool NamesAll(AppendedAnswer answer, int events) =>
        answer.Offsets is { } places && places.Count == events && places.All(p => p is [>= 0 and <= int.MaxValue, _]);

    private static AppendedEvent Place(IReadOnlyList<long?> place) =>
        new(new PartitionId((int)place[0]!.Value), place[1] is { } offset ? new Offset(offset) : null);
}
