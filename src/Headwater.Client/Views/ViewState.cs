using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>What a stored generation or a snapshot is of, and how far it has read.</summary>
/// <param name="View">The view's name.</param>
/// <param name="Version">The version that the view's definition declared.</param>
/// <param name="Tables">The tables, in the order in which they were opened.</param>
/// <param name="Streams">The streams that were read.</param>
internal sealed record ViewState(string View, int Version, IReadOnlyList<string> Tables, IReadOnlyList<ViewState.StreamState> Streams)
{
    /// <summary>Most bytes of a state: 64 streams of 1,024 partitions.</summary>
    public const int MostBytes = 8 << 20;

    public static ViewState Of(ViewGraph graph, string view, int version, IEnumerable<StreamProgress> progress) => new(
        view,
        version,
        [.. graph.Tables.Select(t => t.Name)],
        [
            .. progress.Select(p => new StreamState(
                p.Stream.Name,
                p.Stream.StreamId,
                p.Began.Value,
                [.. p.Partitions.Select(r => new PartitionState(r.Next.Value, r.Newest?.Offset.Value, r.Newest?.Appended.Value))])),
        ]);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null if the bytes are not a state.</returns>
    public static ViewState? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ViewStateJson.Default.ViewState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ViewStateJson.Default.ViewState);

    /// <param name="Stream">The stream's name.</param>
    /// <param name="StreamId">The stream's id.</param>
    /// <param name="Began">When the stream was first read from its log start, in microseconds since 1970.</param>
    /// <param name="Partitions">One entry per partition.</param>
    internal sealed record StreamState(string Stream, string StreamId, long Began, IReadOnlyList<PartitionState> Partitions)
    {
        /// <summary>The progress that this state is of.</summary>
        /// <returns>Null if a number is not possible.</returns>
        public StreamProgress? ToProgress(StreamDescription stream)
        {
            if (Partitions.Count != stream.Partitions || !UnixMicros.IsRepresentable(Began))
            {
                return null;
            }

            var progress = new StreamProgress(stream, new UnixMicros(Began));
            foreach ((int partition, PartitionState read) in Partitions.Index())
            {
                if (read.Next < 0 || read.Newest < 0 || read.Appended is { } micros && !UnixMicros.IsRepresentable(micros))
                {
                    return null;
                }

                progress.Partitions[partition] = new PartitionProgress
                {
                    Next = new Offset(read.Next),
                    Newest = read is { Newest: { } newest, Appended: { } appended } ? (new Offset(newest), new UnixMicros(appended)) : null,
                };
            }

            return progress;
        }
    }

    /// <param name="Next">The offset of the next event to read.</param>
    /// <param name="Newest">The offset of the newest event that was read.</param>
    /// <param name="Appended">When it was appended, in microseconds since 1970.</param>
    internal sealed record PartitionState(long Next, long? Newest, long? Appended);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ViewState))]
internal sealed partial class ViewStateJson : JsonSerializerContext;
