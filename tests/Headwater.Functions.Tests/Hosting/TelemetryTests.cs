using Azure.Identity;
using Headwater.Functions.Hosting;
using Headwater.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace Headwater.Functions.Tests.Hosting;

public sealed class TelemetryTests
{
    private const string Connection = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:1/";

    [Fact]
    public async Task Nothing_is_collected_where_nothing_is_sent()
    {
        await using ServiceProvider services = Services();

        Assert.Null(services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData(AppSettings.ApplicationInsights, Connection)]
    [InlineData(HeadwaterTelemetry.OtlpEndpoint, "http://127.0.0.1:1")]
    public void Traces_and_metrics_are_sent_where_a_setting_says(string setting, string value)
    {
        ServiceProvider services = Services((setting, value));
        TracerProvider tracer = services.GetRequiredService<TracerProvider>();
        MeterProvider meter = services.GetRequiredService<MeterProvider>();

        // Nothing listens on that address, so spans of other tests are dropped.
        _ = (tracer.Shutdown(0), meter.Shutdown(0));
    }

    [Fact]
    public void Without_an_authentication_setting_the_connection_string_is_enough() => Assert.Null(AppTelemetry.Credential(null));

    [Theory]
    [InlineData("Authorization=AAD")]
    [InlineData("Authorization=AAD;ClientId=11111111-2222-3333-4444-555555555555")]
    public void With_it_an_identity_sends(string text) => Assert.IsType<ManagedIdentityCredential>(AppTelemetry.Credential(text));

    [Theory]
    [InlineData("Authorization=Basic")]
    [InlineData("ClientId=11111111-2222-3333-4444-555555555555")]
    [InlineData("AAD")]
    public void What_else_it_says_ends_the_start_with_one_sentence(string text)
    {
        var exception = Assert.Throws<SettingsException>(() =>
            Services((AppSettings.ApplicationInsights, Connection), (AppSettings.ApplicationInsightsAuthentication, text)));

        Assert.StartsWith("APPLICATIONINSIGHTS_AUTHENTICATION_STRING must be Authorization=AAD", exception.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build();
        return new ServiceCollection().AddSingleton(configuration).AddLogging().AddAppTelemetry(configuration).BuildServiceProvider();
    }
}
