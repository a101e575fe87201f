using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Clock;

public sealed class StorageClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new(Noon);

    [Fact]
    public void Before_any_answer_the_hosts_clock_is_taken() => Assert.Equal(At(Noon), new StorageClock(_time).Now());

    [Fact]
    public void After_an_answer_its_date_is_now()
    {
        var clock = new StorageClock(new SkewedTime(_time, TimeSpan.FromDays(365)));

        clock.Observe(Noon);

        Assert.Equal(At(Noon), clock.Now());
    }

    [Fact]
    public void From_there_on_the_monotonic_clock_goes_on()
    {
        var clock = new StorageClock(new SkewedTime(_time, TimeSpan.FromDays(-365)));
        clock.Observe(Noon);

        _time.Advance(TimeSpan.FromMilliseconds(1234));

        Assert.Equal(At(Noon.AddMilliseconds(1234)), clock.Now());
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_difference_a_date_may_have_by_itself_changes_nothing(int seconds)
    {
        var clock = new StorageClock(_time);
        clock.Observe(Noon);

        clock.Observe(Noon.AddSeconds(seconds));

        Assert.Equal(At(Noon), clock.Now());
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    [InlineData(86_400)]
    public void Clocks_that_have_drifted_apart_are_set_anew(int seconds)
    {
        var clock = new StorageClock(_time);
        clock.Observe(Noon);

        clock.Observe(Noon.AddSeconds(seconds));

        Assert.Equal(At(Noon.AddSeconds(seconds)), clock.Now());
    }

    [Fact]
    public void An_answer_without_a_date_changes_nothing()
    {
        var clock = new StorageClock(_time);
        clock.Observe(Noon.AddHours(1));

        clock.Observe(null);

        Assert.Equal(At(Noon.AddHours(1)), clock.Now());
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-365)]
    public void A_host_whose_clock_is_a_year_off_stamps_events_right(int days) => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        Instance host = world.Start(clockSkew: TimeSpan.FromDays(days));

        await host.AppendAsync(stream, "a");

        Assert.Equal(world.Time.GetUtcNow(), (await host.ReadAllAsync(stream)).Single().Appended);
    });

    [Fact]
    public void The_first_append_to_a_new_stream_by_a_host_whose_clock_is_a_year_ahead_is_stamped_right() => World.Play(async world =>
    {
        Instance host = world.Start(clockSkew: TimeSpan.FromDays(365));
        StreamDescription stream = await host.CreateAsync();

        await host.AppendAsync(stream, "a");

        Assert.Equal(world.Time.GetUtcNow(), (await host.ReadAllAsync(stream)).Single().Appended);
        Assert.Equal(world.Time.GetUtcNow(), stream.Created);
    });

    [Fact]
    public void A_stream_seen_by_others_was_created_when_its_creator_says() => World.Play(async world =>
    {
        StreamDescription created = await world.Start(clockSkew: TimeSpan.FromDays(365)).CreateAsync();

        Assert.Equal(created.Created, (await world.Start().GetAsync()).Created);
    });

    [Fact]
    public void Append_times_never_decrease_whatever_the_hosts_clocks_say() => World.Play(async world =>
    {
        Instance[] hosts = [world.Start(clockSkew: TimeSpan.FromDays(300)), world.Start(), world.Start(clockSkew: TimeSpan.FromDays(-300))];
        StreamDescription stream = await hosts[1].CreateAsync();
        for (int i = 0; i < 30; i++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(333));
            await hosts[i % 3].AppendAsync(stream, $"{i}");
        }

        await Audit.PartitionAsync(world, stream);
    });

    private static UnixMicros At(DateTimeOffset instant) => UnixMicros.From(instant);
}
