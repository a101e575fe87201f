using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headwater.Simulation.Scheduling;

/// <summary>Everything that happened, a line each: what two runs of a seed are compared by, and what a failing one is read by. Off, it costs nothing.</summary>
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

/// <summary>Formats only when the trace is on.</summary>
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
