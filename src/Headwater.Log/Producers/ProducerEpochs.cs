using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Producers;

/// <summary>
/// Issues the epochs of sequenced producers by compare-and-swap on <c>producers/{id}.json</c>, so two starts never get the same epoch. A new epoch fences the
/// older ones in a partition from its first append there. Partitions that the new instance has not written to still accept requests of the old epoch.
/// </summary>
/// <param name="ports">Storage and clock.</param>
/// <param name="mostBytes">What the process remembers; an epoch beyond it costs one read when it is used again.</param>
internal sealed class ProducerEpochs(LogPorts ports, long mostBytes = ProducerEpochs.MostBytes)
{
    private const long MostBytes = 4 << 20;

    /// <summary>An entry with names of usual length.</summary>
    private const int EntryBytes = 512;

    private const int Attempts = 20;

    private const int DocumentBytesMax = 4096;

    private readonly LruCache<SeenEpoch> _seen = new(mostBytes);

    /// <summary>Starts the producer's next epoch. Costs one read and one conditional write per try.</summary>
    /// <exception cref="HeadwaterException">InvalidName; CorruptSegment if the document cannot be read; StreamChanged after losing 20 races.</exception>
    public async Task<ProducerEpoch> StartAsync(StreamDescription stream, string producer, CancellationToken cancellation)
    {
        RequireName(producer);
        string name = BlobNames.Producer(stream.Name, stream.StreamId, producer);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            (SeenEpoch read, string? etag) = await ReadAsync(name, cancellation);
            ProducerEpoch current = read.Epoch;
            if (etag is null)
            {
                NewName.Require(producer, "A new producer's id");
            }

            UnixMicros now = ports.Clock.Now();
            var document = new ProducerDocument(producer, current.Next.Value, now.ToDateTimeOffset());
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, ProducerDocumentJson.Default.ProducerDocument);
            if (await ports.Blobs.WriteAsync(name, json, new WriteCondition(etag), cancellation) is not null)
            {
                Remember(stream, producer, new SeenEpoch(current.Next, now));
                return current.Next;
            }
        }

        throw new HeadwaterException(ErrorCode.StreamChanged, $"Producer '{producer}' is being started by other requests; retry.");
    }

    /// <summary>Checks that the epoch was issued. No storage call for an epoch up to the highest that this process has seen, else one read.</summary>
    /// <exception cref="HeadwaterException">
    /// InvalidName; ProducerNotStarted if the epoch was never issued; CorruptSegment if the document cannot be read.
    /// </exception>
    public async Task<EpochTimes> RequireStartedAsync(StreamDescription stream, ProducerPosition producer, CancellationToken cancellation)
    {
        RequireName(producer.Id);
        if (_seen.TryGet(KeyOf(stream, producer.Id), out SeenEpoch? seen) && producer.Epoch <= seen.Epoch && producer.Epoch > ProducerEpoch.None)
        {
            return seen.TimesOf(producer.Epoch);
        }

        (SeenEpoch current, _) = await ReadAsync(BlobNames.Producer(stream.Name, stream.StreamId, producer.Id), cancellation);
        if (producer.Epoch > current.Epoch || producer.Epoch == ProducerEpoch.None)
        {
            throw new HeadwaterException(
                ErrorCode.ProducerNotStarted,
                $"Epoch {producer.Epoch} of producer '{producer.Id}' was never issued. POST /streams/{stream.Name}/producers/{producer.Id} starts one.");
        }

        Remember(stream, producer.Id, current);
        return current.TimesOf(producer.Epoch);
    }

    private static string KeyOf(StreamDescription stream, string producer) => $"{stream.StreamId}/{producer}";

    private void Remember(StreamDescription stream, string producer, SeenEpoch seen) => _seen.Set(KeyOf(stream, producer), seen, EntryBytes);

    private static void RequireName(string producer)
    {
        bool wellFormed = producer.Length is > 0 and <= 128 && char.IsAsciiLetterOrDigit(producer[0])
            && producer.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        if (!wellFormed)
        {
            throw new HeadwaterException(
                ErrorCode.InvalidName, "A producer id has 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.");
        }
    }

    private async Task<(SeenEpoch Seen, string? ETag)> ReadAsync(string name, CancellationToken cancellation)
    {
        using BlobRead? blob = await ports.Blobs.ReadAsync(name, 0, DocumentBytesMax, cancellation);
        ports.Clock.Observe(blob?.Date); // The next event of this producer must not look older than its epoch.
        if (blob is null)
        {
            return (new SeenEpoch(ProducerEpoch.None, null), null);
        }

        try
        {
            ProducerDocument? document = JsonSerializer.Deserialize(blob.Content.Span, ProducerDocumentJson.Default.ProducerDocument);
            return document is { Epoch: > 0 }
                ? (new SeenEpoch(new ProducerEpoch(document.Epoch), UnixMicros.From(document.Started)), blob.ETag)
                : throw new JsonException("The epoch is missing.");
        }
        catch (JsonException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{name} cannot be read: {problem.Message}", problem);
        }
    }
}

/// <summary>The highest epoch of a producer that this process has seen.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Issued">When it was issued; null if none was.</param>
internal sealed record SeenEpoch(ProducerEpoch Epoch, UnixMicros? Issued)
{
    public EpochTimes TimesOf(ProducerEpoch epoch) => new(epoch == Epoch ? Issued : null, Issued);
}

/// <summary>The times of an epoch, by the service's clock.</summary>
/// <param name="Issued">When the epoch was issued; null if a newer one was issued since, because only the time of the newest is recorded.</param>
/// <param name="NewestIssued">When the newest epoch of the producer was issued, as far as known.</param>
internal readonly record struct EpochTimes(UnixMicros? Issued, UnixMicros? NewestIssued);

/// <summary>The document <c>producers/{id}.json</c>. The names and meanings of its members never change.</summary>
internal sealed record ProducerDocument(string Producer, int Epoch, DateTimeOffset Started);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProducerDocument))]
internal sealed partial class ProducerDocumentJson : JsonSerializerContext;
