using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>
/// Creates a stream: first the first segment of every partition, under a new stream id, then the document that refers to them, in one conditional write.
/// A creation that is interrupted before the document leaves only unreferenced blobs, which a sweep deletes.
/// </summary>
internal sealed class StreamCreator(LogPorts ports, LogOptions options, StreamStore store, StreamNames names, StreamRemover remover)
{
    private const int SegmentsAtATime = 16;

    private readonly SegmentCreator _segments = new(ports);

    private readonly ServiceRoom _room = new(names, options, ports.Time);

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

                // The creator may have been interrupted before it added the name for the second time.
                await names.AddAsync(name, settings.Partitions, cancellation);
                return existing;
            }

            NewName.Require(name.Value, "A new stream's name");
            condition(null);
            if (stored is not null && !await remover.FinishAsync(name, stored, new TimeSlice(ports.Time, options.DeleteBudget), cancellation))
            {
                throw Deleting(name);
            }

            await _room.RequireAsync(settings.Partitions, cancellation);
            string streamId = ports.Randomness.NextId().ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
            StreamDescription stream = StreamDocument.For(streamId, settings, ports.Clock.Now().ToDateTimeOffset()).Describe(name) with { Schema = schema };
            await CreateSegmentsAsync(stream, cancellation);

            // Storage has answered by now, so its clock is known: the document gets the right time of creation.
            StreamDocument document = StreamDocument.For(streamId, settings, ports.Clock.Now().ToDateTimeOffset());
            stream = stream with { Created = document.Created };
            await names.AddAsync(name, settings.Partitions, cancellation);
            if (await store.WriteAsync(name, document, WriteCondition.IfAbsent, cancellation) || await IsPublishedAsync(stream, cancellation))
            {
                // Add the name again: the deletion of an earlier stream of this name may have removed it since.
                await names.AddAsync(name, settings.Partitions, cancellation);
                _room.Created(settings.Partitions);
                return new StreamCreation(stream, Created: true);
            }
        }
    }

    private static HeadwaterException Deleting(StreamName name) =>
        new(ErrorCode.StreamDeleting, $"The earlier stream '{name}' is still being deleted, which takes time because it has many segments. Retry.")
        {
            RetryAfter = TimeSpan.FromSeconds(10),
        };

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
    /// Deletes the segments just created, unless the document refers to them. The failed write means that another creation won, or that this very write was
    /// sent twice and is stored; then this is a creation, and the condition has held.
    /// </summary>
    /// <returns>True if the document refers to the segments.</returns>
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
