using System.Text.Json;

namespace Headwater.Infrastructure.Tests;

/// <summary>Settings of the Function app: those that the code and the Functions host read, and no others.</summary>
public sealed class AppSettingsTests(Templates templates)
{
    private static readonly string[] Read =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "HeadwaterStorage__accountName",
        "HeadwaterStorage__clientId",
        "HeadwaterStorage__credential",
    ];

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_setting_that_the_code_reads_is_set(string environment) => Rule.IsBrokenByNone(Read.Except(Names(environment)));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_setting_is_set_that_nobody_reads(string environment) => Rule.IsBrokenByNone(Names(environment).Except(Read));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_setting_holds_a_key(string environment) =>
        Rule.IsBrokenByNone(Settings(environment)
            .Where(s => s.Value.GetString()!.Contains("AccountKey=", StringComparison.OrdinalIgnoreCase) || s.Value.GetString()!.Contains("listKeys", StringComparison.OrdinalIgnoreCase))
            .Select(s => s.Name));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_and_its_host_keep_their_things_in_different_accounts(string environment)
    {
        Dictionary<string, string> settings = Settings(environment).ToDictionary(s => s.Name, s => s.Value.GetString()!);

        Assert.NotEqual(settings["AzureWebJobsStorage__accountName"], settings["HeadwaterStorage__accountName"]);
    }

    private IEnumerable<string> Names(string environment) => Settings(environment).Select(s => s.Name);

    private JsonElement.ObjectEnumerator Settings(string environment) =>
        templates.Resources(environment).Single(r => r.Type == "Microsoft.Web/sites/config" && r.LastName == "appsettings").Json.GetProperty("properties").EnumerateObject();
}
