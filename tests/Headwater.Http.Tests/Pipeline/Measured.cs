using System.Diagnostics.Metrics;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>
/// Measurements of some meters. Listeners are process-wide. A histogram's or counter's measurement is recorded only if the test's own flow made it; observed
/// instruments and gauges must be filtered by their tags.
/// </summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly AsyncLocal<bool> _isOwn = new();
    private readonly List<(string Name, double Value, IReadOnlyDictionary<string, string> Tags)> _all = [];

    public Measured(params string[] meters)
    {
        _isOwn.Value = true;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The values of an instrument whose tags include the given ones, in the order measured.</summary>
    public double[] Of(string name, params (string Key, string Value)[] tags)
    {
        lock (_all)
        {
            return [.. _all.Where(m => m.Name == name && tags.All(t => m.Tags.GetValueOrDefault(t.Key) == t.Value)).Select(m => m.Value)];
        }
    }

    /// <summary>Forgets the measurements so far and asks the observable instruments.</summary>
    public void Observe()
    {
        lock (_all)
        {
            _all.Clear();
        }

        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_isOwn.Value)
        {
            return;
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, object? tag) in tags)
        {
            named[key] = $"{tag}";
        }

        lock (_all)
        {
            _all.Add((instrument.Name, value, named));
        }
    }
}
