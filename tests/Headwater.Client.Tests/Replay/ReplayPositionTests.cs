using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>Replays and reads from positions that a program stored.</summary>
public sealed class ReplayPositionTests
{
    private const string OtherId = "ffeeddccbbaa99887766554433221100";

    private readonly ScriptedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_from_beyond_the_log_end_is_refused()
    {
        _log.Add(0, [350]);

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(
            _log.NewStream(), new ReplayOptions { From = StartFrom.Positions(new EventPosition(default, new Offset(351))) }));

        Assert.Equal("offset_beyond_end", refused.Code);
    }

    [Fact]
    public async Task A_replay_from_the_log_end_is_empty()
    {
        _log.Add(0, [350]);

        Replayed replayed = await ReplayHost.ReplayAsync(
            _log.NewStream(), new ReplayOptions { From = StartFrom.Positions(new EventPosition(default, new Offset(350))) });

        Assert.Empty(replayed.Events);
    }

    [Fact]
    public async Task Positions_of_a_stream_that_was_deleted_and_created_again_are_refused()
    {
        _log.Add(0, [350]);
        EventStream<long> stream = _log.NewStream();
        var from = StartFrom.Positions(OtherId, new EventPosition(default, new Offset(100)));

        HeadwaterException replay = await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(stream, new ReplayOptions { From = from }));
        HeadwaterException read = await Assert.ThrowsAsync<HeadwaterException>(
            async () => await stream.ReadAsync(new ReadOptions { From = from }, Cancellation).ToListAsync(Cancellation));

        Assert.Equal(("stream_replaced", "stream_replaced"), (replay.Code, read.Code));
        Assert.Equal((0, 0), (_log.Listings, _log.Pages));
    }

    [Fact]
    public async Task A_batch_has_the_stream_id_with_which_a_later_replay_goes_on()
    {
        _log.Add(0, [100, 250]);
        ReplayBatch<long> first = await _log.NewStream().ReplayAsync(cancellation: Cancellation).FirstAsync(Cancellation);

        Replayed rest = await ReplayHost.ReplayAsync(
            _log.NewStream(), new ReplayOptions { From = StartFrom.Positions(first.StreamId, new EventPosition(first.Partition, first.Next)) });

        Assert.Equal(ScriptedLog.StreamId, first.StreamId);
        Assert.Equal(350 - first.Events.Count, rest.Events.Count);
    }
}
