using Microsoft.Extensions.Logging;

namespace Headwater.Http.Tests;

/// <summary>Writes warnings and errors to the output of the running test.</summary>
internal sealed class TestOutputLogger : ILogger<HeadwaterApi>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Xunit.TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {formatter(state, exception)} {exception}");
}
