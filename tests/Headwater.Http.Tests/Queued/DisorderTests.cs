using System.Globalization;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>
/// Random runs in which messages arrive in any order and more than once, and storage fails occasionally. At the end every event is stored once and in
/// order, and no message was poisoned.
/// </summary>
public sealed class DisorderTests
{
    private const int Producers = 3;
    private const int Sequences = 8;
    private const int Others = 12;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_on_the_way_everything_stands_once_and_in_order(int seed)
    {
        FaultyBlobs? blobs = null;
        QueueApi queue = new(wrap: inner => blobs = new FaultyBlobs(inner));
        SeededRandomness random = new((ulong)seed);
        await SendAsync(queue, random);

        for (int step = 0; step < 200; step++)
        {
            Trouble(queue, blobs!, random);
            await StepAsync(queue, random);
            queue.Api.Time.Advance(TimeSpan.FromSeconds(random.NextBelow(20)));
        }

        Heal(queue, blobs!);
        await queue.DrainAsync();

        IReadOnlyList<long> values = await queue.ValuesAsync();
        Assert.Empty(await queue.PoisonAsync());
        Assert.Equal(Expected(), values.Order());
        for (int producer = 1; producer <= Producers; producer++)
        {
            Assert.Equal(values.Where(v => v / 1_000 == producer).Order(), values.Where(v => v / 1_000 == producer));
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    private static IEnumerable<long> Expected() =>
    [
        .. Enumerable.Range(0, Others).Select(i => (long)i),
        .. Enumerable.Range(100, Others).Select(i => (long)i),
        .. from p in Enumerable.Range(1, Producers) from s in Enumerable.Range(0, Sequences) select (p * 1_000L) + s,
    ];

    private static async Task SendAsync(QueueApi queue, SeededRandomness random)
    {
        await queue.Api.CreateAsync("""{"inbox":true}""");
        List<Func<Task>> sends = [];
        for (int p = 1; p <= Producers; p++)
        {
            await queue.Api.SendAsync("POST", $"/streams/s/producers/p{p}");
            for (int s = 0; s < Sequences; s++)
            {
                (int producer, int sequence) = (p, s);
                sends.Add(() => queue.AcceptedAsync(
                    $$"""[{"value":{{(producer * 1_000) + sequence}}}]""",
                    ("Producer-Id", $"p{producer}"),
                    ("Producer-Epoch", "1"),
                    ("Producer-Sequence", sequence.ToString(CultureInfo.InvariantCulture))));
            }
        }

        for (int i = 0; i < Others; i++)
        {
            int other = i;
            sends.Add(() => queue.AcceptedAsync($$"""[{"value":{{other}}}]"""));
            sends.Add(() => queue.PutAsync("inbox", QueueApi.CloudEvent($"{other}", $"{100 + other}")).AsTask());
        }

        foreach (Func<Task> send in sends.OrderBy(_ => random.NextWord()))
        {
            await send();
        }
    }

    /// <summary>Handles some of the visible messages in random order. One in four is not deleted afterwards and is redelivered.</summary>
    private static async Task StepAsync(QueueApi queue, SeededRandomness random)
    {
        foreach (string name in new[] { "appends", "inbox" })
        {
            IReadOnlyList<QueuedMessage> page =
                await queue.Api.Queues.ReceiveAsync(name, 1 + random.NextBelow(32), TimeSpan.FromSeconds(10), TestApi.Cancellation);
            foreach (QueuedMessage message in page.OrderBy(_ => random.NextWord()))
            {
                await queue.Api.Queued.HandleAsync(name, message.Body, message.Enqueued, message.DequeueCount, TestApi.Cancellation);
                if (random.NextBelow(4) > 0)
                {
                    await queue.Api.Queues.DeleteAsync(name, message.Receipt, TestApi.Cancellation);
                }
            }
        }
    }

    private static void Trouble(QueueApi queue, FaultyBlobs blobs, SeededRandomness random)
    {
        Heal(queue, blobs);
        switch (random.NextBelow(8))
        {
            case 0: blobs.ReadsFail = true; break;
            case 1: blobs.AppendsFailAt = "/"; break;
            case 2: blobs.AppendAnswersAreLost = true; break;
            case 3: queue.Api.Tables.Fault = new StorageException(StorageFault.Throttled, "tables"); break;
        }
    }

    private static void Heal(QueueApi queue, FaultyBlobs blobs)
    {
        (blobs.ReadsFail, blobs.AppendsFailAt, blobs.AppendAnswersAreLost, queue.Api.Tables.Fault) = (false, null, false, null);
    }
}
