using System.Diagnostics;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>An append wakes the readers that wait, so the time that this takes is part of every append's.</summary>
public sealed class TailWatcherCostTests
{
    private static readonly TimeSpan Trifling = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Waking_ten_times_the_readers_takes_at_most_fifteen_times_as_long()
    {
        TimeSpan few = await WakeAsync(4_000);
        TimeSpan many = await WakeAsync(40_000);

        Assert.True(many < Trifling || many <= few * 15, $"40,000 readers took {many.TotalMilliseconds} ms, 4,000 took {few.TotalMilliseconds} ms");
    }

    /// <summary>The shortest of three times, so that other load on the machine does not count.</summary>
    private static async Task<TimeSpan> WakeAsync(int readers)
    {
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            var time = new VirtualTime();
            var ports = new LogPorts(new InMemoryBlobs(time), new InMemoryTables(time), time, new SeededRandomness(1));
            var place = new PartitionPlace(StreamName.Parse("s"), new string('0', 32), new PartitionId(0));
            var watcher = new TailWatcher(new OpenPartition(place, PartitionSteps.Over(ports, LogOptions.Default), ports, LogOptions.Default), time);
            Task[] waits = [.. Enumerable.Range(0, readers).Select(_ => watcher.WaitAsync(Offset.Zero, TimeSpan.FromSeconds(30), CancellationToken.None))];
            long began = Stopwatch.GetTimestamp();
            watcher.Notify(new Offset(1));
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            await Task.WhenAll(waits);
            shortest = took < shortest ? took : shortest;
        }

        return shortest;
    }
}
