using System.Diagnostics;
using Headwater.Functions.Hosting;
using Headwater.Functions.Tests.Worker;
using Headwater.Log.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Headwater.Functions.Tests.Hosting;

/// <summary>What the settings of the app decide before its first request.</summary>
public sealed class SettingsAtStartTests
{
    [Theory]
    [InlineData(null, LogLevel.Warning)]
    [InlineData("Information", LogLevel.Information)]
    [InlineData("error", LogLevel.Error)]
    public async Task The_worker_logs_warnings_unless_the_setting_names_another_level(string? setting, LogLevel least)
    {
        await using ServiceProvider services = Services(("HeadwaterLogLevel", setting));
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Headwater.Http");

        Assert.Equal(least, Enum.GetValues<LogLevel>().First(logger.IsEnabled));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("all", true)]
    [InlineData("sealed", false)]
    public async Task Segment_urls_are_of_all_segments_unless_the_setting_names_the_sealed_ones(string? setting, bool listsActive)
    {
        await using ServiceProvider services = Services(("HeadwaterSegmentUrls", setting));

        Assert.Equal(listsActive, services.GetRequiredService<LogOptions>().ListsActiveSegments);
    }

    [Theory]
    [InlineData("HeadwaterLogLevel", "loud", "HeadwaterLogLevel is 'loud'; it must be Trace, Debug, Information, Warning, Error, Critical or None.")]
    [InlineData("HeadwaterLogLevel", "7", "HeadwaterLogLevel is '7'; it must be Trace, Debug, Information, Warning, Error, Critical or None.")]
    [InlineData("HeadwaterSegmentUrls", "none", "HeadwaterSegmentUrls is 'none'; it must be all or sealed.")]
    public void Another_value_ends_the_start_with_one_sentence(string name, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<SettingsException>(() => Services((name, value))).Message);

    [Fact]
    public async Task A_worker_without_an_account_ends_with_one_sentence_on_standard_error()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(RunningWorker.Folder, "Headwater.Functions.dll")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(), // No local.settings.json and no appsettings.json.
        };
        start.Environment.Remove("HeadwaterStorage");
        using Process worker = Process.Start(start)!;
        Task<string> output = worker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await worker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            (
                1,
                "The log's storage account is not configured: set HeadwaterStorage to a connection string, or HeadwaterStorage__accountName for an identity.",
                ""),
            (worker.ExitCode, error.Trim(), (await output).Trim()));
    }

    private static ServiceProvider Services(params (string Name, string? Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("HeadwaterStorage", "UseDevelopmentStorage=true")).ToDictionary(s => s.Item1, s => s.Item2))
            .Build();
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddProvider(new ListeningProvider()));
        return services.AddHeadwater(configuration).BuildServiceProvider();
    }

    /// <summary>Takes every level, so that only the minimum level of the app decides.</summary>
    private sealed class ListeningProvider : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
