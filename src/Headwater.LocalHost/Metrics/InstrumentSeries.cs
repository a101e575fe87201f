using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Headwater.LocalHost.Metrics;

/// <summary>The values of one instrument: a series for every combination of tags.</summary>
internal sealed class InstrumentSeries
{
    private static readonly double[] DefaultBounds = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];

    private readonly ConcurrentDictionary<string, Series> _byLabels = new(StringComparer.Ordinal);
    private readonly Instrument _instrument;
    private readonly string _type;
    private readonly bool _isSum;
    private readonly double[] _bounds = [];

    public InstrumentSeries(Instrument instrument)
    {
        _instrument = instrument;
        string kind = instrument.GetType().Name;
        _isSum = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("UpDownCounter", StringComparison.Ordinal);
        _type = kind switch
        {
            _ when kind.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
            _ when kind.Contains("UpDown", StringComparison.Ordinal) || kind.Contains("Gauge", StringComparison.Ordinal) => "gauge",
            _ => "counter",
        };
        if (_type == "histogram")
        {
            _bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : DefaultBounds;
        }

        Name = MetricName(instrument, _type);
    }

    public string Name { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Series series = _byLabels.GetOrAdd(Labels(tags), _ => new Series(_bounds.Length));
        lock (series)
        {
            series.Add(value, _bounds, replace: !_isSum && _type != "histogram");
        }
    }

    /// <summary>Drops the values of an instrument that is observed again now: what it does not report any more no longer exists.</summary>
    public void ForgetObserved()
    {
        if (_instrument.IsObservable)
        {
            _byLabels.Clear();
        }
    }

    public void WriteTo(StringBuilder text)
    {
        if (_byLabels.IsEmpty)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(Escape(_instrument.Description ?? _instrument.Name)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach ((string labels, Series series) in _byLabels.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            lock (series)
            {
                if (_type == "histogram")
                {
                    WriteHistogram(text, labels, series);
                }
                else
                {
                    Line(text, Name, labels, series.Sum);
                }
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, Series series)
    {
        string before = labels.Length == 0 ? "" : labels + ",";
        long below = 0;
        for (int bucket = 0; bucket < _bounds.Length; bucket++)
        {
            below += series.Buckets[bucket];
            Line(text, Name + "_bucket", $"{before}le=\"{Number(_bounds[bucket])}\"", below);
        }

        Line(text, Name + "_bucket", before + "le=\"+Inf\"", series.Count);
        Line(text, Name + "_sum", labels, series.Sum);
        Line(text, Name + "_count", labels, series.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        KeyValuePair<string, object?>[] sorted = tags.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return string.Join(',', sorted.Select(t => $"{Identifier(t.Key)}=\"{Escape(Convert.ToString(t.Value, CultureInfo.InvariantCulture) ?? "")}\""));
    }

    private static string MetricName(Instrument instrument, string type)
    {
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        return Identifier(instrument.Name) + unit + (type == "counter" ? "_total" : "");
    }

    private static string Identifier(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Series(int bounds)
    {
        public long[] Buckets { get; } = new long[bounds];

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public void Add(double value, double[] limits, bool replace)
        {
            Count++;
            Sum = replace ? value : Sum + value;
            int bucket = Array.FindIndex(limits, l => value <= l);
            if (bucket >= 0)
            {
                Buckets[bucket]++;
            }
        }
    }
}
