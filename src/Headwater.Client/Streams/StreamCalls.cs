using System.Text.Json;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Contracts.Requests;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Requests about streams.</summary>
internal static class StreamCalls
{
    public static string PathOf(string stream) => $"streams/{Uri.EscapeDataString(stream)}";

    /// <summary>The stream.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public static async Task<StreamDescription> DescribeAsync(ApiConnection api, string stream, CancellationToken cancellation) =>
        Of(await api.RetryAsync(new ApiRequest(HttpMethod.Get, PathOf(stream)), ContractJson.Default.StreamAnswer, cancellation));

    /// <summary>Creates the stream, unless an equal one exists.</summary>
    /// <exception cref="HeadwaterException">StreamDiffers, SchemaInvalid.</exception>
    public static async Task<StreamDescription> CreateAsync(ApiConnection api, string stream, StreamSettings settings, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Put, PathOf(stream))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(BodyOf(settings), ContractJson.Default.StreamSettingsBody),
        };
        return Of(await api.RetryAsync(request, ContractJson.Default.StreamAnswer, cancellation));
    }

    /// <summary>Deletes the stream and all its events.</summary>
    /// <returns>False if there was none.</returns>
    public static async Task<bool> DeleteAsync(ApiConnection api, string stream, CancellationToken cancellation)
    {
        try
        {
            await api.RetryAsync(new ApiRequest(HttpMethod.Delete, PathOf(stream)), cancellation);
            return true;
        }
        catch (HeadwaterException missing) when (missing.Is(ErrorCode.StreamNotFound))
        {
            return false;
        }
    }

    /// <summary>Every partition's positions. Costs the service one listing and one read per partition.</summary>
    public static async Task<IReadOnlyList<PartitionPositions>> PositionsAsync(ApiConnection api, string stream, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Get, PathOf(stream) + "/partitions");
        PartitionListAnswer answer = await api.RetryAsync(request, ContractJson.Default.PartitionListAnswer, cancellation);
        return
        [
            .. answer.Partitions.Select(p =>
                new PartitionPositions(new PartitionId(p.Partition), new Offset(p.LogStartOffset), new Offset(p.LogEndOffset), p.Bytes)),
        ];
    }

    private static StreamSettingsBody BodyOf(StreamSettings settings) => new(
        settings.IsEntity ? "entity" : "event",
        settings.Partitions,
        settings.Schema is { } schema ? new RawJson(schema) : null,
        settings.Codec,
        settings.RetentionTime is null && settings.RetentionBytes is null ? null : new RetentionBody(Text(settings.RetentionTime), settings.RetentionBytes),
        settings.CompactionMinLag is null && settings.TombstoneRetention is null
            ? null
            : new CompactionBody(Text(settings.CompactionMinLag), Text(settings.TombstoneRetention)),
        settings.Owner,
        settings.Doc,
        settings.Tags.Count > 0 ? settings.Tags : null,
        null);

    private static string? Text(TimeSpan? duration) => duration is { } value ? Durations.Format(value) : null;

    private static StreamDescription Of(StreamAnswer answer) => new()
    {
        Name = answer.Name,
        StreamId = answer.StreamId,
        IsEntity = answer.Kind == "entity",
        Partitions = answer.Partitions,
        Schema = answer.Schema?.Text,
        SchemaVersion = answer.SchemaVersion,
        Created = new DateTimeOffset(DateTime.SpecifyKind(answer.Created, DateTimeKind.Utc)),
        TombstoneRetention = answer.Compaction?.TombstoneRetention is { } kept && Durations.TryParse(kept, out TimeSpan time) ? time : TimeSpan.FromDays(1),
        Doc = answer.Doc,
    };
}
