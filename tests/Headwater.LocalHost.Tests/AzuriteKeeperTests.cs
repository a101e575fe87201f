using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Errors;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.LocalHost.Tests;

/// <summary>The host restarts an Azurite that has ended, or ends itself.</summary>
public sealed class AzuriteKeeperTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StringWriter _output = new();
    private bool _isAlive = true;
    private int _restarts;

    [Fact]
    public async Task An_Azurite_that_ended_is_started_again_and_said_in_one_line()
    {
        await using AzuriteKeeper keeper = Keep(() => _isAlive = true);
        _isAlive = false;
        Pass(2);

        Assert.Equal((1, "Azurite ended at 2024-05-01T12:00:01Z and was started again.\n"), (_restarts, _output.ToString()));
        Assert.Null(keeper.Failure);
    }

    [Fact]
    public async Task An_Azurite_that_does_not_start_again_ends_the_host_with_the_reason()
    {
        await using AzuriteKeeper keeper = Keep(() => throw new HostException("node was not found."));
        _isAlive = false;
        Pass(2);

        Assert.True(keeper.Failed.IsCancellationRequested);
        Assert.Equal("Azurite ended at 2024-05-01T12:00:01Z and could not be started again: node was not found.", keeper.Failure?.Message);
    }

    [Fact]
    public async Task An_Azurite_that_ends_again_and_again_ends_the_host()
    {
        await using AzuriteKeeper keeper = Keep(() => { });
        _isAlive = false;
        Pass(5);

        Assert.Equal((3, "Azurite has ended 4 times within a minute."), (_restarts, keeper.Failure?.Message));
    }

    [Fact]
    public async Task An_Azurite_that_ends_now_and_then_is_always_started_again()
    {
        await using AzuriteKeeper keeper = Keep(() => _isAlive = true);
        for (int i = 0; i < 10; i++)
        {
            _isAlive = false;
            Pass(61);
        }

        Assert.Equal(10, _restarts);
        Assert.Null(keeper.Failure);
    }

    private AzuriteKeeper Keep(Action restart) => AzuriteKeeper.Start(
        () => _isAlive,
        _ =>
        {
            _restarts++;
            restart();
            return Task.CompletedTask;
        },
        _output,
        _time);

    private void Pass(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
