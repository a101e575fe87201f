using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Headwater.LocalHost.Metrics;

/// <summary>
/// Listens to the process's meters and writes them as Prometheus text, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
/// It only serves one developer on one machine; deployed hosts export through OpenTelemetry.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly Lock _rendering = new();

    /// <param name="prefixes">The prefixes of the names of the meters to include.</param>
    public PrometheusText(params string[] prefixes)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (prefixes.Any(p => instrument.Meter.Name.StartsWith(p, StringComparison.Ordinal)))
            {
                _instruments.TryAdd(instrument, new InstrumentSeries(instrument));
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public string Render()
    {
        lock (_rendering)
        {
            foreach (InstrumentSeries series in _instruments.Values)
            {
                series.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            return Write();
        }
    }

    public void Dispose() => _listener.Dispose();

    internal Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(Render(), context.RequestAborted);
    }

    private string Write()
    {
        StringBuilder text = new();
        foreach (InstrumentSeries series in _instruments.Values.OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            series.WriteTo(text);
        }

        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_instruments.TryGetValue(instrument, out InstrumentSeries? series))
        {
            series.Record(value, tags);
        }
    }
}
