using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Log.Producers;
using Headwater.Queues.Messages;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Whatever the queue path writes, it reads back. Every case is drawn from a seed.</summary>
public sealed class WrittenIsReadTests
{
    private const int CasesPerSeed = 500;

    /// <summary>At the bounds of members, and one beyond.</summary>
    private static readonly int[] Lengths = [0, 1, 2, 63, 64, 65, 128, 129, 255, 256, 257, 512, 513, 1_024, 1_025, 4_001, 16_384, 16_385];

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_envelope_that_is_written_is_read_and_written_again_as_it_was(ulong seed)
    {
        var random = new SeededRandomness(seed);
        for (int i = 0; i < CasesPerSeed; i++)
        {
            byte[] written = EnvelopeWriter.Write(Batch(random), default);

            QueuedBatch read = Reading(written, EnvelopeReader.ReadOwn, $"seed {seed}, case {i}");

            Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(EnvelopeWriter.Write(read, default)));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_envelope_of_the_inbox_that_is_read_is_written_so_that_it_is_read(ulong seed)
    {
        var random = new SeededRandomness(seed);
        int taken = 0;
        for (int i = 0; i < CasesPerSeed; i++)
        {
            if (Foreign(random) is { } batch)
            {
                taken++;
                QueuedBatch read = Reading(EnvelopeWriter.Write(batch, default), EnvelopeReader.ReadOwn, $"seed {seed}, case {i}");
                Assert.Equal((batch.Id, batch.Stream, batch.Key, batch.FromInbox), (read.Id, read.Stream, read.Key, read.FromInbox));
            }
        }

        Assert.True(taken > CasesPerSeed / 10, $"{taken} of {CasesPerSeed} were taken.");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_poison_record_that_is_written_is_read_with_its_message(ulong seed)
    {
        var random = new SeededRandomness(seed);
        for (int i = 0; i < CasesPerSeed; i++)
        {
            PoisonRecord record = Record(random);
            byte[] body = Encoding.UTF8.GetBytes(Text(random));

            (PoisonRecord Record, byte[]? Body, int? Claim)? read = Reading(record.Write(body), PoisonRecord.TryRead, $"seed {seed}, case {i}");

            Assert.Equal((record.Ref, record.Queue, record.Code), (read!.Value.Record.Ref, read.Value.Record.Queue, read.Value.Record.Code));
            Assert.Equal(Encoding.UTF8.GetString(body), Encoding.UTF8.GetString(read.Value.Body!));
        }
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","stream":"s","data":"\ud800"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","stream":"s","\udc00":"é\ud83d\ude00"}""")]
    public void A_CloudEvent_with_half_a_surrogate_pair_is_written_while_it_waits_and_read(string cloudEvent)
    {
        using JsonDocument document = JsonBodies.Parse(Encoding.UTF8.GetBytes(cloudEvent));
        MessagePart part = QueueMessage.Parts("inbox", Encoding.UTF8.GetBytes(cloudEvent), document).Single();

        QueuedBatch read = Reading(EnvelopeWriter.Write(part.Batch!, default), EnvelopeReader.ReadOwn, "written");

        Assert.Equal(part.Batch!.Id, read.Id);
    }

    private static T Reading<T>(byte[] json, Func<JsonElement, T> read, string which)
    {
        using JsonDocument document = JsonBodies.Parse(json);
        try
        {
            return read(document.RootElement);
        }
        catch (HeadwaterException refused)
        {
            throw new InvalidOperationException($"{which}: {refused.Message}\n{Encoding.UTF8.GetString(json)}", refused);
        }
    }

    private static QueuedBatch Batch(SeededRandomness random) => new()
    {
        Id = TimedId.New(Instant(random), random),
        Stream = Text(random, 1, 256),
        StreamId = Maybe(random, () => Text(random, 1, 64)),
        Partition = random.NextBelow(2) == 0 ? null : random.NextBelow(int.MaxValue),
        PartitionBy = Maybe(random, () => Text(random, 1, 255)),
        Key = new RequestKey(random.NextId()),
        HasOwnKey = true,
        Digest = random.NextBelow(2) == 0 ? null : new RequestDigest(random.NextId()),
        Producer = random.NextBelow(2) == 0 ? null : Producer(random),
        FromInbox = random.NextBelow(2) == 0,
        Enqueued = random.NextBelow(2) == 0 ? null : Instant(random),
        TraceParent = Maybe(random, () => Text(random)),
        TraceState = Maybe(random, () => Text(random)),
        Wait = random.NextBelow(2) == 0 ? QueuedWait.None
            : new QueuedWait(random.NextBelow(int.MaxValue), TimeSpan.FromSeconds(random.NextBelow(int.MaxValue)), (long)(random.NextWord() >> 1)),
        Kept = random.NextBelow(2) == 0 ? null : Instant(random),
        Content = QueuedContent.Claimed(1 + random.NextBelow(25_000_000), random.NextBelow(2) == 0 ? null : TimedId.New(Instant(random), random)),
    };

    private static ProducerPosition Producer(SeededRandomness random) =>
        new(Text(random, 1, 128), new ProducerEpoch(1 + random.NextBelow(int.MaxValue - 1)), new SequenceNumber((long)(random.NextWord() >> 1)));

    private static PoisonRecord Record(SeededRandomness random) => new()
    {
        Ref = PoisonRecord.RefOf(Encoding.UTF8.GetBytes(Text(random)), Instant(random)),
        Queue = random.NextBelow(2) == 0 ? "appends" : "inbox",
        Id = Maybe(random, () => Text(random)),
        Stream = Maybe(random, () => Text(random)),
        Code = "malformed_body",
        Reason = Text(random),
        At = Instant(random),
        Enqueued = Instant(random),
    };

    /// <summary>An envelope of a sender, with texts of any length; null if the reader refuses it.</summary>
    private static QueuedBatch? Foreign(SeededRandomness random)
    {
        var envelope = new Dictionary<string, object>
        {
            ["version"] = 1,
            ["id"] = Text(random, 0, 300),
            ["stream"] = Text(random, 0, 300),
            ["events"] = new[] { new { value = 1 } },
        };
        foreach (string name in new[] { "streamId", "traceparent", "tracestate" }.Where(_ => random.NextBelow(2) == 0))
        {
            envelope[name] = Text(random);
        }

        using JsonDocument document = JsonBodies.Parse(JsonSerializer.SerializeToUtf8Bytes(envelope));
        try
        {
            QueuedBatch read = EnvelopeReader.ReadForeign(document.RootElement);
            return read with { Content = QueuedContent.Of(read.Content.Events!.Value.Clone()) };
        }
        catch (HeadwaterException)
        {
            return null;
        }
    }

    private static DateTimeOffset Instant(SeededRandomness random) =>
        random.NextBelow(8) == 0 ? default : DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((long)(random.NextWord() % (ulong)TimeSpan.FromDays(40_000).Ticks));

    private static string? Maybe(SeededRandomness random, Func<string> text) => random.NextBelow(2) == 0 ? null : text();

    /// <summary>Of the lengths at which readers and writers differ, and of every kind of character.</summary>
    private static string Text(SeededRandomness random, int least = 0, int most = 20_000)
    {
        int[] lengths = [.. Lengths.Where(n => n >= least && n <= most)];
        int length = lengths[random.NextBelow(lengths.Length)];
        string kinds = new[] { "a", "a&<>\"\\", "ü✈", "\U0001F600", "\u0001\r\n\t\u2028\uFFFF" }[random.NextBelow(5)];
        var text = new StringBuilder(length);
        while (text.Length < length)
        {
            text.Append(kinds.AsSpan(0, Math.Min(kinds.Length, length - text.Length)));
        }

        return text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text.ToString()[..^1] + "x" : text.ToString();
    }
}
