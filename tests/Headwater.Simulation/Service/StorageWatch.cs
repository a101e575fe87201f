using System.Text.Json;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Service;

/// <summary>A deleted segment with its last content.</summary>
internal sealed record ArchivedSegment(PartitionKey Partition, long Base, byte[] Content);

/// <summary>Observes every stored byte: checks the design's invariants at every step, and records the state to compare the history with.</summary>
internal sealed class StorageWatch(Timeline timeline)
{
    private const string DocumentSuffix = "/stream.json";

    private readonly Dictionary<PartitionKey, PartitionTruth> _partitions = [];

    private readonly Dictionary<string, string> _current = [];

    private readonly Dictionary<string, long> _ended = [];

    private readonly Dictionary<string, long> _closed = [];

    private readonly List<ArchivedSegment> _archive = [];

    private readonly List<(PartitionKey Partition, long Start, long Step)> _logStarts = [];

    /// <summary>Each log start that was set, and its step.</summary>
    public IReadOnlyList<(PartitionKey Partition, long Start, long Step)> LogStarts => _logStarts;

    public IReadOnlyDictionary<PartitionKey, PartitionTruth> Partitions => _partitions;

    /// <summary>Stream ids whose documents were deleted, and the step of the deletion.</summary>
    public IReadOnlyDictionary<string, long> Ended => _ended;

    /// <summary>Stream ids whose deletion was answered, and the step of the first answer.</summary>
    public IReadOnlyDictionary<string, long> Closed => _closed;

    /// <summary>Deleted segments that held events.</summary>
    public IReadOnlyList<ArchivedSegment> Archive => _archive;

    public PartitionTruth Partition(PartitionKey key)
    {
        if (!_partitions.TryGetValue(key, out PartitionTruth? truth))
        {
            _partitions[key] = truth = new PartitionTruth(key);
        }

        return truth;
    }

    /// <summary>The id in the stream's document; null if there is none.</summary>
    public string? IdOf(StreamName stream) => _current.GetValueOrDefault(stream.Value + DocumentSuffix);

    /// <summary>Notes that the deletion of a stream was answered.</summary>
    public void Close(string? streamId)
    {
        if (streamId is not null)
        {
            _closed.TryAdd(streamId, timeline.Steps);
        }
    }

    public void Created(string name) => OnSegment(name, (truth, start) => truth.Created(start));

    public void Appended(string name, long position, ReadOnlySpan<byte> data)
    {
        if (SegmentBlobName.TryParse(name, out PartitionKey key, out long start))
        {
            try
            {
                long end = Partition(key).End;
                Partition(key).Appended(start, data, timeline.Steps);
                if (Partition(key).End > end && _closed.TryGetValue(key.StreamId, out long step))
                {
                    throw new ViolationException(
                        ViolationKind.DeletedStreamAnswered, $"{key}: offset {end} is stored, but the deletion was answered at {step}");
                }
            }
            catch (Exception problem)
            {
                timeline.Fail(problem);
            }
        }
    }

    /// <summary>
    /// An instance sent an append while its last one to the segment was unanswered. It has one group commit per partition, so it must not race itself.
    /// </summary>
    public void AppendedTwiceAtOnce(string name) =>
        timeline.Fail(new ViolationException(ViolationKind.RacesItself, $"an instance sends two appends at once to {name}"));

    public void Sealed(string name) => OnSegment(name, (truth, start) => truth.Sealed(start));

    public void Deleted(string name, BlobRead before)
    {
        if (SegmentBlobName.TryParse(name, out PartitionKey key, out long start))
        {
            if (before.Length > 0)
            {
                _archive.Add(new ArchivedSegment(key, start, before.Content.ToArray()));
            }

            Partition(key).Deleted(start);
        }
        else if (name.EndsWith(DocumentSuffix, StringComparison.Ordinal) && _current.Remove(name, out string? streamId))
        {
            _ended[streamId] = timeline.Steps;
        }
    }

    public void Written(string name, ReadOnlySpan<byte> content)
    {
        if (!name.EndsWith(DocumentSuffix, StringComparison.Ordinal))
        {
            return;
        }

        var reader = new Utf8JsonReader(content);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        string streamId = document.RootElement.GetProperty("streamId").GetString()!;
        if (_current.TryGetValue(name, out string? before) && before != streamId)
        {
            timeline.Fail(new ViolationException(ViolationKind.BrokenSegments, $"{name} changes its stream id without having been deleted"));
        }

        _current[name] = streamId;
        foreach (JsonProperty start in document.RootElement.GetProperty("logStarts").EnumerateObject())
        {
            var key = new PartitionKey(streamId, int.Parse(start.Name, System.Globalization.CultureInfo.InvariantCulture));
            if (!_logStarts.Any(s => s.Partition == key && s.Start == start.Value.GetInt64()))
            {
                _logStarts.Add((key, start.Value.GetInt64(), timeline.Steps));
            }
        }
    }

    private void OnSegment(string name, Action<PartitionTruth, long> then)
    {
        if (!SegmentBlobName.TryParse(name, out PartitionKey key, out long start))
        {
            return;
        }

        try
        {
            then(Partition(key), start);
        }
        catch (Exception problem)
        {
            timeline.Fail(problem);
        }
    }
}
