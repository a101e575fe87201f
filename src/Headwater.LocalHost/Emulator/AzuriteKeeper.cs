using System.Globalization;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Emulator;

/// <summary>
/// Restarts Azurite when its process ends. If it does not start, or ends again and again, the host cannot continue: <see cref="Failed"/> is cancelled.
/// </summary>
internal sealed class AzuriteKeeper : IAsyncDisposable
{
    private const int RestartsMax = 3;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _failed = new();
    private readonly Func<bool> _isAlive;
    private readonly Func<CancellationToken, Task> _restart;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly Task _watching;

    private AzuriteKeeper(Func<bool> isAlive, Func<CancellationToken, Task> restart, TextWriter output, TimeProvider time)
    {
        _isAlive = isAlive;
        _restart = restart;
        _output = output;
        _time = time;
        _watching = WatchAsync();
    }

    /// <summary>Cancelled when Azurite has ended for good.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why Azurite has ended for good; null while it runs.</summary>
    public HostException? Failure { get; private set; }

    /// <param name="isAlive">Whether the process runs.</param>
    /// <param name="restart">Starts the process again.</param>
    /// <param name="output">Receives one line for each restart.</param>
    /// <param name="time">The clock of the watch.</param>
    public static AzuriteKeeper Start(Func<bool> isAlive, Func<CancellationToken, Task> restart, TextWriter output, TimeProvider time) =>
        new(isAlive, restart, output, time);

    /// <summary>Ends the watch. Azurite itself goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        _failed.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            List<long> restarts = [];
            while (true)
            {
                await Task.Delay(Look, _time, _stop.Token);
                if (!_isAlive())
                {
                    await RestartAsync(restarts);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (HostException failure)
        {
            Failure = failure;
            await _failed.CancelAsync();
        }
    }

    private async Task RestartAsync(List<long> restarts)
    {
        restarts.RemoveAll(at => _time.GetElapsedTime(at) > Window);
        if (restarts.Count >= RestartsMax)
        {
            throw new HostException($"Azurite has ended {RestartsMax + 1} times within a minute.");
        }

        restarts.Add(_time.GetTimestamp());
        string now = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        try
        {
            await _restart(_stop.Token);
        }
        catch (HostException failure)
        {
            throw new HostException($"Azurite ended at {now} and could not be started again: {failure.Message}", failure);
        }

        await _output.WriteLineAsync($"Azurite ended at {now} and was started again.");
    }
}
