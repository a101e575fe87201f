using Headwater.Contracts.Errors;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

/// <summary>Compaction that is killed, runs twice at once, or continues after a long pause.</summary>
public sealed class InterruptionTests
{
    private const int Calls = 52;

    private static readonly string[] Log = ["a=1 b=1", "a=2 c=1", "b=2 c", "d=1", "a=3"];

    private const string Left = "2 a=2, 4 b=2, 5 c, 6 d=1, 7 a=3";

    private static readonly LogOptions Options = Entities.Options with
    {
        Compaction = Entities.Options.Compaction with { PartBytes = 64, BlockBytes = 1, SaveBytes = 1, TargetBytes = 4_000 },
    };

    [Fact]
    public void What_a_newer_version_has_agreed_on_is_left_to_it() => Play(async (world, writer, stream) =>
    {
        await world.Start(Options).CompactAsync(stream);
        string name = (await world.NamesAsync("")).Single(n => n.EndsWith("/compaction", StringComparison.Ordinal));
        byte[] newer = "{\"format\":2,\"news\":[]}"u8.ToArray();
        await world.Store.WriteAsync(name, newer, WriteCondition.Always, default);
        await writer.FillAsync(stream, "a=4", "a=5");
        IReadOnlyList<string> before = await world.NamesAsync("");

        PartitionReport report = await world.Start(Options).MaintainAsync(stream, MaintenanceWork.Compact | MaintenanceWork.Sweep);

        Assert.Equal((true, false), (report.Compaction!.Busy, report.Compaction.Unfinished));
        Assert.Equal(before, await world.NamesAsync(""));
        using BlobRead? left = await world.Store.ReadAsync(name, 0, 100, default);
        Assert.Equal(newer, left!.Content.ToArray());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Killed_at_any_call_it_ends_the_same(bool applied)
    {
        for (int call = 1; call <= Calls; call++)
        {
            int died = call;
            Play(async (world, writer, stream) =>
            {
                Instance victim = world.Start(Options);
                victim.Storage.When(c => c.Number == died, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
                await victim.SurvivesAsync(victim.CompactAsync(stream));
                Assert.Equal(["a=3", "b=2", "d=1"], (await ViewAsync(world, stream)).Order(StringComparer.Ordinal));
                await Task.Delay(TimeSpan.FromHours(1), world.Time); // The lease of the killed instance expires.
                await world.Start(Options).CompactAsync(stream);

                Assert.Equal(Left, await world.Start().TellAsync(stream));
            });
        }
    }

    [Fact]
    public void The_calls_tried_are_about_all_there_are() => Play(async (world, writer, stream) =>
    {
        Instance compactor = world.Start(Options);
        await compactor.CompactAsync(stream);

        Assert.InRange(compactor.Storage.Calls.Count, Calls / 2, Calls);
    });

    [Fact]
    public void Slices_without_time_for_more_than_a_step_come_to_an_end_too() => Play(async (world, writer, stream) =>
    {
        bool isFinished = false;
        for (int slice = 0; slice < 20 && !isFinished; slice++)
        {
            MaintenanceReport report = await world.Start(Options).Log.Maintenance.RunAsync(
                stream.Name, MaintenanceWork.Compact, TimeSpan.Zero, CancellationToken.None);
            isFinished = report.Finished;
        }

        Assert.True(isFinished);
        Assert.Equal(Left, await world.Start().TellAsync(stream));
    });

    [Fact]
    public void One_instance_works_a_partition_at_a_time() => Play(async (world, writer, stream) =>
    {
        Instance first = world.Start(Options);
        var gate = new TaskCompletionSource();
        first.Storage.When(c => c.Operation == StorageOperation.StageBlock, CallFate.HeldUntil(gate.Task));
        Task<Headwater.Log.Compaction.CompactionReport> working = first.CompactAsync(stream);
        await world.QuietAsync();
        Assert.True((await world.Start(Options).CompactAsync(stream)).Busy);
        gate.SetResult();

        Assert.False((await working).Busy);
        Assert.Equal(Left, await world.Start().TellAsync(stream));
    });

    [Theory]
    [InlineData(StorageOperation.Write)]
    [InlineData(StorageOperation.StageBlock)]
    [InlineData(StorageOperation.CommitBlocks)]
    [InlineData(StorageOperation.Delete)]
    public void One_that_wakes_after_others_went_on_for_days_changes_nothing(StorageOperation at)
    {
        for (int nth = 0; nth < 12; nth++)
        {
            int frozen = nth;
            Play(async (world, writer, stream) =>
            {
                Instance sleeper = world.Start(Options);
                var gate = new TaskCompletionSource();
                int seen = 0;
                sleeper.Storage.When(c => c.Operation == at && seen++ == frozen, CallFate.HeldUntil(gate.Task));
                Task sleeping = SleepAsync(sleeper, stream);
                await world.QuietAsync();
                await LiveOnAsync(world, writer, stream);
                string before = await world.Start().TellAsync(stream);
                gate.SetResult();
                await sleeping;
                await world.QuietAsync();

                Assert.Equal(before, await world.Start().TellAsync(stream));
                Assert.DoesNotContain("a", before, StringComparison.Ordinal);
            });
        }
    }

    /// <summary>The merged segment then starts below the log start, and compaction must treat it like any other segment.</summary>
    [Fact]
    public void A_log_start_that_moves_into_a_plan_brings_no_deleted_value_back() => World.Play(async world =>
    {
        Instance writer = world.Start(Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) });
        await writer.FillAsync(stream, "x=1");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "a=1", "b=1", "c=1");
        Instance compactor = world.Start(Options with { Compaction = Options.Compaction with { TargetBytes = 100_000 } });
        var gate = new TaskCompletionSource();
        compactor.Storage.When(c => c.Operation == StorageOperation.CommitBlocks, CallFate.HeldUntil(gate.Task));
        Task compacting = compactor.CompactAsync(stream);
        await world.QuietAsync();
        await world.Start(Options).MaintainAsync(stream, MaintenanceWork.Retain);
        gate.SetResult();
        await compacting;
        stream = await world.Start(Options).GetAsync();
        Assert.Equal("1 a=1, 2 b=1, 3 c=1", await world.Start().TellAsync(stream));
        await LiveOnAsync(world, writer, stream);

        Assert.Equal("2 b=1, 3 c=1, 5 e=1, 6 f=1", await world.Start().TellAsync(stream));
    });

    /// <summary>Lets three days pass, in which key a is deleted and its tombstone is removed.</summary>
    private static async Task LiveOnAsync(World world, Instance writer, StreamDescription stream)
    {
        await writer.FillAsync(stream, "a", "e=1", "f=1");
        for (int day = 0; day < 3; day++)
        {
            await Task.Delay(TimeSpan.FromDays(1), world.Time);
            await world.Start(Options).CompactAsync(stream);
            await world.Start(Options).CompactAsync(stream);
        }
    }

    /// <summary>The paused run may fail when it continues. The tests check only what it leaves in storage.</summary>
    private static async Task SleepAsync(Instance sleeper, StreamDescription stream)
    {
        try
        {
            await sleeper.CompactAsync(stream);
        }
        catch (HeadwaterException)
        {
        }
    }

    private static async Task<IReadOnlyList<string>> ViewAsync(World world, StreamDescription stream)
    {
        var view = new Dictionary<string, string>();
        foreach (Delivered read in await world.Start().ReadAllAsync(stream))
        {
            view.Remove(read.Key!);
            if (read.Value is not null)
            {
                view[read.Key!] = read.Value;
            }
        }

        return [.. view.Select(v => $"{v.Key}={v.Value}")];
    }

    private static void Play(Func<World, Instance, StreamDescription, Task> scenario) => World.Play(async world =>
    {
        Instance writer = world.Start(Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings);
        await writer.FillAsync(stream, Log);
        await scenario(world, writer, stream);
    });
}
