using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Headwater.Functions.Hosting;

namespace Headwater.Infrastructure.Tests;

/// <summary>The Function app has exactly the settings that the code and the Functions host read.</summary>
public sealed partial class AppSettingsTests(Templates templates)
{
    /// <summary>
    /// Settings that only the Functions host reads
    /// (https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity).
    /// </summary>
    private static readonly string[] ReadByTheHost =
    [
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
    ];

    /// <summary>Settings that replace the account name in clouds where the endpoints cannot be derived from it.</summary>
    private static readonly string[] Alternatives = [AppSettings.BlobServiceUri, AppSettings.QueueServiceUri, AppSettings.TableServiceUri];

    /// <summary>Every constant of <see cref="AppSettings"/> is a setting, a member of the storage section, or the value of a setting.</summary>
    private static IEnumerable<string> ReadByTheCode =>
        from constant in typeof(AppSettings).GetFields(BindingFlags.Public | BindingFlags.Static)
        let name = (string)constant.GetValue(null)!
        where name is not (AppSettings.Storage or AppSettings.ManagedIdentity) && !Alternatives.Contains(name)
        select char.IsAsciiLetterLower(name[0]) ? $"{AppSettings.Storage}__{name}" : name;

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_setting_that_the_code_reads_is_set(string environment) =>
        Rule.IsBrokenByNone(ReadByTheCode.Concat(ReadByTheHost).Except(Names(environment)));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_setting_is_set_that_nobody_reads(string environment) => Rule.IsBrokenByNone(Names(environment).Except(ReadByTheCode).Except(ReadByTheHost));

    /// <summary>A setting read by a literal name would be missing from <see cref="ReadByTheCode"/>.</summary>
    [Fact]
    public void The_app_names_its_settings_in_one_place() =>
        Rule.IsBrokenByNone(
            from file in Directory.EnumerateFiles(Repository.PathOf("functions"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            from Match read in SettingByLiteral().Matches(File.ReadAllText(file))
            select $"{Path.GetFileName(file)}: {read.Value}");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_setting_holds_a_key(string environment) =>
        Rule.IsBrokenByNone(
            from setting in Settings(environment)
            let value = setting.Value.GetString()!
            where value.Contains("AccountKey=", StringComparison.OrdinalIgnoreCase) || value.Contains("listKeys", StringComparison.OrdinalIgnoreCase)
            select setting.Name);

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_and_its_host_keep_their_things_in_different_accounts(string environment)
    {
        Dictionary<string, string> settings = Settings(environment).ToDictionary(s => s.Name, s => s.Value.GetString()!);

        Assert.NotEqual(settings["AzureWebJobsStorage__accountName"], settings["HeadwaterStorage__accountName"]);
    }

    private IEnumerable<string> Names(string environment) => Settings(environment).Select(s => s.Name);

    private JsonElement.ObjectEnumerator Settings(string environment) =>
        templates.Resources(environment)
            .Single(r => r.Type == "Microsoft.Web/sites/config" && r.LastName == "appsettings")
            .Json.GetProperty("properties")
            .EnumerateObject();

    [GeneratedRegex(
        """onfiguration\["[^"]+"\]|GetEnvironmentVariable\("[^"]+"\)|GetSection\("[^"]+"\)|GetValue<\w+>\("[^"]+"\)|"%\w+%" """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SettingByLiteral();
}
