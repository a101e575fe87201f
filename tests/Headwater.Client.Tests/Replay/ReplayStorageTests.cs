using System.Net;

namespace Headwater.Client.Tests;

/// <summary>What a replay asks of the service if the storage does not give the files.</summary>
public sealed class ReplayStorageTests
{
    private static readonly int[] Blocks = [.. Enumerable.Repeat(1_000, 12)];

    [Fact]
    public async Task A_storage_that_forbids_every_url_is_refusing_after_two_listings()
    {
        ScriptedLog log = new() { Storage = _ => ScriptedLog.Status(HttpStatusCode.Forbidden) };
        log.Add(0, Blocks);

        Replayed replayed = await ReplayHost.ReplayAsync(log.NewStream());

        Assert.Equal(Offsets(12_000), replayed.Events.Keys.Select(k => k.Offset.Value));
        Assert.Equal((2, 120), (log.Listings, log.Pages));
    }

    [Fact]
    public async Task A_file_that_is_missing_costs_three_listings_and_the_files_after_it_are_read()
    {
        ScriptedLog log = new();
        log.Add(0, Blocks);
        ScriptedLog.Segment missing = log.Add(12_000, Blocks);
        log.Add(24_000, Blocks);
        log.Storage = r => r.RequestUri!.AbsolutePath == "/" + missing.Name ? ScriptedLog.Status(HttpStatusCode.NotFound) : null;

        Replayed replayed = await ReplayHost.ReplayAsync(log.NewStream());

        Assert.Equal(Offsets(36_000), replayed.Events.Keys.Select(k => k.Offset.Value));
        Assert.Equal((5, 120), (log.Listings, log.Pages)); // The first listing, three without an event, and one after the missing file.
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    public async Task A_storage_that_cannot_be_reached_for_a_moment_is_asked_again(HttpRequestError error)
    {
        int reads = 0;
        ScriptedLog log = new()
        {
            RetryFor = TimeSpan.FromSeconds(30),
            Storage = _ => Interlocked.Increment(ref reads) == 1 ? throw new HttpRequestException(error, "unreachable") : null,
        };
        log.Add(0, [200, 150]);

        Replayed replayed = await ReplayHost.ReplayAsync(log.NewStream());

        Assert.Equal(Offsets(350), replayed.Events.Keys.Select(k => k.Offset.Value));
        Assert.Equal((1, 0), (log.Listings, log.Pages));
    }

    private static IEnumerable<long> Offsets(int count) => Enumerable.Range(0, count).Select(i => (long)i);
}
