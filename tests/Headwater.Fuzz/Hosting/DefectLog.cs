using Headwater.Http;
using Microsoft.Extensions.Logging;

namespace Headwater.Fuzz.Hosting;

/// <summary>Keeps the exception of the latest error that the API logged, for the report of a violation.</summary>
internal sealed class DefectLog : ILogger<HeadwaterApi>
{
    private string? _latest;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _latest = $"{formatter(state, exception)}: {exception}";
        }
    }

    public string? Take()
    {
        string? latest = _latest;
        _latest = null;
        return latest;
    }
}
