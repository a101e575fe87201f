using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>A service in memory that a test can compact, cut and replace at will. Pages have a random number of events, so that streams interleave.</summary>
internal sealed class FakeLog(int seed) : HttpMessageHandler
{
    private readonly Lock _gate = new();

    private readonly Random _random = new(seed);

    private readonly Dictionary<string, FakeStream> _streams = [];

    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _ids;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Events that reads have answered.</summary>
    public int Served { get; private set; }

    /// <summary>Answers a request in place of the log, by its path; null: the log answers.</summary>
    public Func<string, HttpResponseMessage?> Intercept { get; set; } = _ => null;

    /// <summary>Called before a page is read, with the stream's id.</summary>
    public Func<string, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    public HeadwaterClient NewClient(TimeProvider? time = null) =>
        new(new HeadwaterClientOptions { Address = new Uri("http://log/"), Handler = this, Time = time ?? TimeProvider.System });

    /// <summary>Creates the stream, or deletes it and creates it again.</summary>
    public void Create(string name, int partitions, bool isEntity, string tombstoneRetention = "P1D") => Locked(() =>
        _streams[name] = new FakeStream(
            new StreamAnswer(
                name, (++_ids).ToString("x32", CultureInfo.InvariantCulture), isEntity ? "entity" : "event", partitions, true, 1, null, "null", null,
                isEntity ? new CompactionAnswer(null, tombstoneRetention) : null, null, false, null, [], false, DateTime.UnixEpoch, null),
            [.. Enumerable.Range(0, partitions).Select(_ => new FakePartition())]));

    /// <param name="stream">The stream.</param>
    /// <param name="key">Selects the partition.</param>
    /// <param name="json">The value; null: a tombstone.</param>
    public EventPosition Append(string stream, string key, string? json)
    {
        EventPosition position = default;
        Locked(() =>
        {
            FakeStream to = _streams[stream];
            int partition = key.Sum(c => c) % to.Partitions.Count;
            FakePartition log = to.Partitions[partition];
            position = new EventPosition(new PartitionId(partition), new Offset(log.End));
            log.Events.Add((log.End, Line(partition, log.End, key, json)));
            log.End++;
        });
        return position;
    }

    public string IdOf(string stream) => Locked(() => _streams[stream].Answer.StreamId);

    /// <summary>Restores the log from an earlier copy: the events from an offset on are gone, in every partition.</summary>
    public void Restore(string stream, long end) => Locked(() =>
    {
        foreach (FakePartition log in _streams[stream].Partitions)
        {
            log.Events.RemoveAll(e => e.Offset >= end);
            log.End = Math.Min(log.End, end);
        }
    });

    /// <summary>Appends events that one read may give.</summary>
    public void AppendAll(string stream, string key, IEnumerable<string> json) => Locked(() => json.ToList().ForEach(j => Append(stream, key, j)));

    /// <summary>Appends after an offset that compaction has emptied, with the older events of "k2".</summary>
    public void AppendGap(string stream, string key, string json) => Locked(() =>
    {
        FakePartition log = _streams[stream].Partitions[key.Sum(c => c) % _streams[stream].Partitions.Count];
        log.Events.RemoveAll(e => e.Line.Contains("\"k2\"", StringComparison.Ordinal));
        log.End++;
        Append(stream, key, json);
    });

    /// <summary>Removes events from a partition.</summary>
    public void Compact(string stream, int partition, Func<long, bool> removes) =>
        Locked(() => _streams[stream].Partitions[partition].Events.RemoveAll(e => removes(e.Offset)));

    public void Retain(string stream, int partition, long start) => Locked(() =>
    {
        FakePartition log = _streams[stream].Partitions[partition];
        log.Start = start;
        log.Events.RemoveAll(e => e.Offset < start);
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string[] path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
        if (Intercept(request.RequestUri.AbsolutePath) is { } foreign)
        {
            return foreign;
        }

        if (path is not ["streams", _, "events"])
        {
            return Locked(() => path switch
            {
                _ when !_streams.TryGetValue(path[1], out _) => Problem(404, "stream_not_found", ""),
                [_, _] => Json(JsonSerializer.Serialize(_streams[path[1]].Answer, ContractJson.Default.StreamAnswer)),
                _ => Json(JsonSerializer.Serialize(_streams[path[1]].Positions, ContractJson.Default.PartitionListAnswer)),
            });
        }

        System.Collections.Specialized.NameValueCollection query = HttpUtility.ParseQueryString(request.RequestUri.Query);
        ReadCursor cursor = ReadCursor.Parse(query["cursor"]!)!;
        while (true)
        {
            Task appended = Locked(() => _appended.Task);
            await BeforeRead(cursor.StreamId).WaitAsync(cancellationToken);
            int limit = int.Parse(query["limit"]!, CultureInfo.InvariantCulture);
            if (Locked(() => Page(path[1], cursor, limit)) is { } page && (query["wait"] is null || page.StatusCode != HttpStatusCode.NoContent))
            {
                return page;
            }

            await appended.WaitAsync(cancellationToken);
        }
    }

    private string Line(int partition, long offset, string key, string? json) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"partition\":{partition},\"offset\":{offset},"
        + $"\"appended\":\"{Now:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\",\"key\":\"{key}\",\"value\":{json ?? "null"}}}");

    private static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, MediaTypes.Json) };

    public static HttpResponseMessage Problem(int status, string code, string facts) => new((HttpStatusCode)status)
    {
        Content = new StringContent($"{{\"code\":\"{code}\",\"detail\":\"{code}\",\"retryable\":false{facts}}}", Encoding.UTF8, MediaTypes.Problem),
    };

    /// <returns>204 if there is no event.</returns>
    private HttpResponseMessage Page(string name, ReadCursor cursor, int limit)
    {
        if (!_streams.TryGetValue(name, out FakeStream? stream))
        {
            return Problem(404, "stream_not_found", "");
        }

        if (stream.Answer.StreamId != cursor.StreamId)
        {
            return Problem(409, "stream_replaced", "");
        }

        var next = new Dictionary<PartitionId, Offset>(cursor.Offsets);
        var lines = new StringBuilder();
        int left = limit;
        foreach ((PartitionId partition, Offset from) in cursor.Offsets)
        {
            FakePartition log = stream.Partitions[partition.Value];
            if (from.Value < log.Start)
            {
                return Problem(410, "offset_below_start", $",\"partition\":{partition},\"logStartOffset\":{log.Start}");
            }

            (long Offset, string Line)[] found = [.. log.Events.Where(e => e.Offset >= from.Value)];
            bool isLast = partition == cursor.Offsets.Keys.Max();
            int taken = lines.Length == 0 && isLast ? found.Length : _random.Next(found.Length + 1); // A page is empty only at the log end.
            taken = Math.Min(taken, left);
            left -= taken;
            foreach ((long _, string line) in found.Take(taken))
            {
                lines.Append(line).Append('\n');
                Served++;
            }

            next[partition] = new Offset(taken == found.Length ? log.End : taken == 0 ? from.Value : found[taken - 1].Offset + 1);
        }

        bool isMoved = next.Any(n => n.Value > cursor.Offsets[n.Key]);
        bool isAtEnd = next.All(n => n.Value.Value == stream.Partitions[n.Key.Value].End);
        if (!isMoved && isAtEnd)
        {
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }

        var page = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(lines.ToString(), Encoding.UTF8, MediaTypes.NdJson) };
        page.Headers.TryAddWithoutValidation(HeaderNames.NextCursor, (cursor with { Offsets = next }).ToString());
        return page;
    }

    private void Locked(Action action) => Locked(() =>
    {
        action();
        TaskCompletionSource appended = _appended;
        _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        appended.TrySetResult();
        return true;
    });

    private TResult Locked<TResult>(Func<TResult> work)
    {
        lock (_gate)
        {
            return work();
        }
    }

    private sealed class FakePartition
    {
        public long Start { get; set; }

        public long End { get; set; }

        public List<(long Offset, string Line)> Events { get; } = [];
    }

    private sealed record FakeStream(StreamAnswer Answer, IReadOnlyList<FakePartition> Partitions)
    {
        public PartitionListAnswer Positions => new([.. Partitions.Select((p, i) => new PartitionAnswer(i, p.Start, p.End, 1, 0))]);
    }
}
