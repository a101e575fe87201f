using System.Collections.Concurrent;

namespace Headwater.Client.Tests;

/// <summary>A member whose process was frozen for longer than its session.</summary>
public sealed class FrozenMemberTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_was_frozen_processes_nothing_before_it_has_joined_again()
    {
        EventStream<Flight> created = log.NewFlights();
        await created.EnsureAsync(cancellation: Cancellation);
        await created.AppendAsync([.. Enumerable.Range(0, 10).Select(i => new NewEvent<Flight>("k", new Flight("ABQ", i)))], cancellation: Cancellation);
        var time = new JumpingTime();
        using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = log.Address, Time = time });
        ConcurrentQueue<string> trace = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bool wasFrozen = false;

        await client.Stream(created.Name, FlightJson.Default.Flight).NewConsumer(new ConsumerOptions
        {
            Group = "g",
            SessionTimeout = TimeSpan.FromSeconds(6),
            CommitInterval = TimeSpan.FromHours(1),
            OnAssigned = _ => trace.Enqueue("assigned"),
            OnRevoked = _ => trace.Enqueue("revoked"),
        }).RunAsync(
            async (e, _) =>
            {
                trace.Enqueue($"{e.Offset}");
                if (!wasFrozen)
                {
                    wasFrozen = true;
                    time.Jump(TimeSpan.FromSeconds(7));
                }
                else if (e.Offset.Value == 9)
                {
                    await stop.CancelAsync();
                }
            },
            stop.Token);

        Assert.Equal(["assigned", "0", "revoked", "assigned", .. Enumerable.Range(0, 10).Select(i => $"{i}"), "revoked"], trace);
    }

    /// <summary>A clock that goes on while the process does not.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _jumped;

        public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _jumped);
    }
}
