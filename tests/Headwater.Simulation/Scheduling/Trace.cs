using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headwater.Simulation.Scheduling;

/// <summary>Records one line per occurrence, to compare two runs of a seed and to diagnose a failure. A disabled trace costs nothing.</summary>
internal sealed class Trace(bool isOn)
{
    private readonly StringBuilder _lines = new();

    public bool IsOn { get; } = isOn;

    public string Text => _lines.ToString();

    public void Write(Timeline timeline, string who, [InterpolatedStringHandlerArgument("")] ref TraceText text)
    {
        if (IsOn)
        {
            _lines.Append(CultureInfo.InvariantCulture, $"{timeline.Now.TotalMilliseconds,12:F3} {who,-10} {text.Take()}\n");
        }
    }
}

/// <summary>Formats the text only if the trace is enabled.</summary>
[InterpolatedStringHandler]
internal ref struct TraceText
{
    private DefaultInterpolatedStringHandler _inner;

    private readonly bool _isOn;

    public TraceText(int literalLength, int formattedCount, Trace trace, out bool isOn)
    {
        _isOn = isOn = trace.IsOn;
        _inner = isOn ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => _inner.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _inner.AppendFormatted(value, format);

    public string Take() => _isOn ? _inner.ToStringAndClear() : "";
}
