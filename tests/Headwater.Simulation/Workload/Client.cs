using Headwater.Core.Positions;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Simulation.History;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>Sends requests to any running instance, and records each request and its answer.</summary>
internal sealed class Client(ClientContext context, Chance chance, string name)
{
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(20);

    public string Name { get; } = name;

    public Chance Chance { get; } = chance;

    public ClientContext Context { get; } = context;

    public bool IsStopping => Context.IsStopping;

    /// <summary>Mean think time between operations.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Whether the client sometimes disconnects before the answer arrives.</summary>
    public bool IsHasty { get; init; } = true;

    public Task ThinkAsync() => Context.PauseAsync(Pace * (2 * Chance.Fraction()));

    public SimulatedInstance AnyInstance() => Context.Fleet.Any();

    public StreamName AnyStream() => Chance.Pick(Context.Streams);

    public Task<AppendAttempt> AppendAsync(StreamName stream, AppendDraft draft) => AppendAsync(stream, draft, AnyInstance());

    public async Task<AppendAttempt> AppendAsync(StreamName stream, AppendDraft draft, SimulatedInstance instance)
    {
        var attempt = new AppendAttempt
        {
            Request = draft.Request,
            Client = Name,
            Events = draft.Events,
            Producer = draft.Producer,
            IfOffset = draft.IfOffset,
            Target = draft.Target ?? -1,
            IsKeyed = draft.Identity is not null,
            ReusesKey = draft.ReusesKey,
            ReusesSequence = draft.ReusesSequence,
            IsRecalled = draft.Since is not null,
            Invoked = Context.Begin(),
            Verdicts = [.. draft.Events.Select(_ => Verdict.Unknown)],
        };
        Context.History.Appends.Add(attempt);
        Write($"asks {instance.Party.Name} to append {attempt}");
        try
        {
            AppendOutcome outcome =
                await Context.Fleet.CallAsync(instance, (log, cancellation) => AppendAsync(log, stream, draft, attempt, cancellation), Patience());
            Take(attempt, outcome);
        }
        catch (Exception problem)
        {
            Fail(attempt, problem);
        }

        attempt.Returned = Context.Timeline.NextStep();
        Write(
            $"receives the answer to request {attempt.Request}: {string.Join(' ', attempt.Verdicts)} {attempt.Refusal} {attempt.RefusalFact} "
                + $"{string.Join(' ', attempt.Shares.Select(s => $"{s.Partition}:{s.Base}{(s.IsReplay ? "r" : "")}"))}");
        return attempt;
    }

    public Task<ReadAttempt> ReadAsync(StreamName stream, int partition, ReadFrom from, long fromValue, TimeSpan wait) =>
        AskAsync(partition, from.Kind, fromValue, stream, (log, description, cancellation) =>
            PageReading.ReadAsync(
                log, description, new ReadRequest(new PartitionId(partition), from, Chance.Between(1, 20), Chance.Between(1, 4096), wait), cancellation));

    public Task<ReadAttempt> ReadRawAsync(StreamName stream, int partition, ReadFrom from, long fromValue) =>
        AskAsync(partition, from.Kind, fromValue, stream, (log, description, cancellation) =>
            PageReading.ReadRawAsync(
                log,
                description,
                new ReadRequest(new PartitionId(partition), from, Chance.Between(1, 20), Chance.Between(1, 4096), TimeSpan.Zero)
                {
                    IsVerified = Chance.Happens(0.3),
                },
                cancellation));

    /// <summary>The partition's end, from its positions or its segments.</summary>
    public Task<ReadAttempt> EndAsync(StreamName stream, int partition)
    {
        bool bySegments = Chance.Happens(0.3);
        return AskAsync(partition, ReadFromKind.Latest, 0, stream, async (log, description, cancellation) =>
        {
            if (bySegments)
            {
                IReadOnlyList<SegmentListing> segments = await log.SegmentsAsync(description, new PartitionId(partition), null, cancellation);
                long last = segments.Count == 0 ? 0 : segments[^1].Next.Value;
                return new PageAnswer([], last, 0, last);
            }

            IReadOnlyList<PartitionPositions> positions = await log.PositionsAsync(description, cancellation);
            PartitionPositions mine = positions[partition];
            return new PageAnswer([], mine.LogEnd.Value, mine.LogStart.Value, mine.LogEnd.Value);
        });
    }

    public void Write(string what) => Context.Timeline.Trace.Write(Context.Timeline, Name, $"{what}");

    private async Task<ReadAttempt> AskAsync(
        int partition, ReadFromKind from, long value, StreamName stream, Func<EventLog, StreamDescription, CancellationToken, Task<PageAnswer>> ask)
    {
        var attempt = new ReadAttempt { Client = Name, Partition = partition, From = from, FromValue = value, Invoked = Context.Begin() };
        Context.History.Reads.Add(attempt);
        SimulatedInstance instance = AnyInstance();
        Write($"asks {instance.Party.Name} for {attempt}");
        try
        {
            attempt.Page = await Context.Fleet.CallAsync(
                instance,
                async (log, cancellation) =>
                {
                    StreamDescription description = await log.Streams.GetAsync(stream, cancellation);
                    attempt.StreamId = description.StreamId;
                    return await ask(log, description, cancellation);
                },
                Patience());
        }
        catch (Exception problem)
        {
            attempt.Refusal = Answers.Read(problem, out _, out long? fact);
            attempt.RefusalFact = fact;
        }

        attempt.Returned = Context.Timeline.NextStep();
        attempt.ReturnedAt = Context.NowMicros;
        Write(
            $"receives the answer {attempt.Refusal} {attempt.RefusalFact} "
                + $"{(attempt.Page is { } page ? $"[{string.Join(' ', page.Events.Select(e => e.Id))}] next {page.Next} end {page.LogEnd}" : "")}");
        return attempt;
    }

    private static async Task<AppendOutcome> AppendAsync(
        EventLog log, StreamName stream, AppendDraft draft, AppendAttempt attempt, CancellationToken cancellation)
    {
        StreamDescription description = await log.Streams.GetAsync(stream, cancellation);
        if (draft.OnlyStreamId is { } only && only != description.StreamId)
        {
            throw new OtherStreamException();
        }

        attempt.StreamId = description.StreamId;
        attempt.Partitions = description.Partitions;
        using RequestEvents events = log.NewRequest(description, draft.TargetPartition, draft.UnkeyedGoBy);
        foreach (SentEvent sent in draft.Events)
        {
            EventValue.Add(events, description.Settings.Schema is not null, sent, draft.Padding);
        }

        if (draft.Since is { } since)
        {
            await log.RecallAsync(description, events, draft.Identity!.Value.Key, since, cancellation);
        }

        return await log.AppendAsync(description, events, draft.Options, cancellation);
    }

    private static void Take(AppendAttempt attempt, AppendOutcome outcome)
    {
        attempt.Shares = [.. outcome.Partitions.Select(p => new ShareAnswer(p.Partition.Value, p.Base?.Value, p.Events, p.IsReplay))];
        foreach (int stored in outcome.Partitions.SelectMany(p => p.Events))
        {
            attempt.Verdicts[stored] = Verdict.Stored;
        }

        foreach (PartitionFailure failed in outcome.Failed)
        {
            Answers.Read(failed.Error, out bool unknown, out _);
            foreach (int index in failed.Events)
            {
                attempt.Verdicts[index] = unknown ? Verdict.Unknown : Verdict.NotStored;
            }
        }
    }

    private static void Fail(AppendAttempt attempt, Exception problem)
    {
        attempt.Refusal = Answers.Read(problem, out bool unknown, out long? fact);
        attempt.RefusalFact = fact;
        Array.Fill(attempt.Verdicts, unknown ? Verdict.Unknown : Verdict.NotStored);
    }

    private TimeSpan Patience() => IsHasty && Chance.Happens(0.1) ? Chance.LogTime(ShortestPatience, LongestPatience) : LongestPatience;
}
