using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>
/// Creates a stream: segment 0 of every partition under a fresh stream id, then the document that makes them a stream, in one conditional write.
/// A creation that breaks off before the document leaves only blobs nothing refers to.
/// </summary>
internal sealed class StreamCreator(LogPorts ports, StreamStore store, StreamNames names, StreamRemover remover)
{
    private const int SegmentsAtATime = 16;

    private readonly SegmentCreator _segments = new(ports);

    public async Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, StreamCondition condition, CancellationToken cancellation)
    {
        RequirePartitions(settings.Partitions);
        ValueSchema schema = Compile(settings.Schema);
        while (true)
        {
            StoredStream? stored = await store.ReadAsync(name, cancellation);
            if (stored is { Document.State: StreamDocument.Active })
            {
                StreamCreation existing = Existing(name, settings, condition, stored.Document);
                await names.AddAsync(name, cancellation); // Its creator may have broken off before it was listed for good.
                return existing;
            }

            condition(null);
            if (stored is not null)
            {
                await remover.RemoveAsync(name, stored, _ => { }, cancellation);
            }

            string streamId = ports.Randomness.NextId().ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
            StreamDescription stream = StreamDocument.For(streamId, settings, ports.Clock.Now().ToDateTimeOffset()).Describe(name) with { Schema = schema };
            await CreateSegmentsAsync(stream, cancellation);

            // Storage has answered by now, so its clock is known.
            StreamDocument document = StreamDocument.For(streamId, settings, ports.Clock.Now().ToDateTimeOffset());
            stream = stream with { Created = document.Created };
            await names.AddAsync(name, cancellation);
            if (await store.WriteAsync(name, document, WriteCondition.IfAbsent, cancellation))
            {
                // Again, because the deletion of a stream of this name may have removed it in between.
                await names.AddAsync(name, cancellation);
                return new StreamCreation(stream, Created: true);
            }

            if (await IsPublishedAsync(stream, cancellation))
            {
                await names.AddAsync(name, cancellation);
                return new StreamCreation(stream, Created: true);
            }
        }
    }

    private static StreamCreation Existing(StreamName name, StreamSettings settings, StreamCondition condition, StreamDocument document)
    {
        StreamDescription stream = document.Describe(name);
        condition(stream);
        string[] differences = [.. stream.Settings.DifferencesFrom(settings)];
        return differences.Length == 0
            ? new StreamCreation(stream, Created: false)
            : throw new HeadwaterException(
                ErrorCode.StreamDiffers,
                $"Stream '{name}' exists and differs in {string.Join(", ", differences)}. GET it to compare; "
                + "PATCH changes retention, compaction, doc, tags, inbox and owner.");
    }

    private static void RequirePartitions(int partitions)
    {
        if (partitions is < 1 or > StreamSettings.MaxPartitions)
        {
            throw new HeadwaterException(ErrorCode.InvalidParameter, $"A stream has 1 to {StreamSettings.MaxPartitions} partitions, not {partitions}.");
        }
    }

    private static ValueSchema Compile(string? schema)
    {
        try
        {
            return schema is null ? ValueSchema.Bytes : ValueSchema.ParseNew(schema);
        }
        catch (SchemaException problem)
        {
            throw new HeadwaterException(ErrorCode.SchemaInvalid, $"The schema is invalid: {problem.Message}", problem);
        }
    }

    private async Task CreateSegmentsAsync(StreamDescription stream, CancellationToken cancellation)
    {
        foreach (int[] partitions in Enumerable.Range(0, stream.Partitions).Chunk(SegmentsAtATime))
        {
            await Task.WhenAll(partitions.Select(p => _segments.CreateFirstAsync(stream, new PartitionId(p), cancellation)));
        }
    }

    /// <summary>
    /// The write was answered "exists already": another creation won, or ours had landed and its answer was lost. Ours is then a creation: a condition that the
    /// stream must not exist held.
    /// </summary>
    private async Task<bool> IsPublishedAsync(StreamDescription stream, CancellationToken cancellation)
    {
        StoredStream? stored = await store.ReadAsync(stream.Name, cancellation);
        if (stored?.Document.StreamId == stream.StreamId)
        {
            return stored.Document.State == StreamDocument.Active;
        }

        await remover.RemoveBlobsAsync(BlobNames.StreamFolder(stream.Name, stream.StreamId), cancellation);
        return false;
    }
}
