using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Headwater.LocalHost.Serving;

/// <summary>
/// Turns SIGINT, SIGTERM and SIGHUP into a stop. The first signal stops the host gracefully. A signal within a second of the first is the same
/// one, sent twice: a supervisor signals the whole process group, and <c>dotnet run</c> forwards its own. A later signal ends the process at
/// once, after asking Azurite to stop.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class StopSignals(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private long? _first;
    private Action? _beforeForcedEnd;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Listens to the signals of this process.</summary>
    public static StopSignals Listen()
    {
        StopSignals signals = new(TimeProvider.System);
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = signals.Take()));
        }

        return signals;
    }

    /// <param name="action">Runs before a forced end; it must not wait.</param>
    public void BeforeForcedEnd(Action action)
    {
        lock (_gate)
        {
            _beforeForcedEnd += action;
        }
    }

    /// <summary>Handles one signal.</summary>
    /// <returns>True if the process goes on; false if the signal ends it.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The process ends anyway, and must end.")]
    internal bool Take()
    {
        Action? last;
        lock (_gate)
        {
            bool isFirst = _first is null;
            _first ??= time.GetTimestamp();
            last = isFirst || time.GetElapsedTime(_first.Value) < SameSignal ? null : _beforeForcedEnd ?? (() => { });
        }

        if (last is null)
        {
            _stop.Cancel();
            return true;
        }

        try
        {
            last();
        }
        catch (Exception)
        {
            // Azurite may have exited before.
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _stop.Dispose();
    }
}
