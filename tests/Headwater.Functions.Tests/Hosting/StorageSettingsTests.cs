using Headwater.Functions.Hosting;
using Headwater.Storage.Azure.Connecting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Headwater.Functions.Tests.Hosting;

/// <summary>
/// The connection settings that triggers accept
/// (https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection), and the errors for all others.
/// </summary>
public sealed class StorageSettingsTests
{
    private const string Client = "11111111-2222-3333-4444-555555555555";

    [Fact]
    public void A_connection_string_is_one_setting()
    {
        AzureStorageOptions options = StorageSettings.Read(With(("HeadwaterStorage", "UseDevelopmentStorage=true")));

        AzureStorageOptions expected = new()
        {
            ConnectionString = "UseDevelopmentStorage=true",
            ConnectionSetting = "HeadwaterStorage",
            Outages = options.Outages,
            Pipelines = options.Pipelines,
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public void An_identity_is_an_account_and_a_client_and_finds_everything_provided()
    {
        AzureStorageOptions options = StorageSettings.Read(
            With(("HeadwaterStorage:accountName", "acct"), ("HeadwaterStorage:credential", "managedidentity"), ("HeadwaterStorage:clientId", Client)));

        Assert.Equal(("acct", Client, true, null), (options.AccountName, options.ManagedIdentityClientId, options.Provisioned, options.ConnectionString));
    }

    [Fact]
    public void Without_a_client_the_environments_identity_is_used()
    {
        AzureStorageOptions options = StorageSettings.Read(With(("HeadwaterStorage:accountName", "acct"), ("HeadwaterStorage:credential", "managedidentity")));

        Assert.Null(options.ManagedIdentityClientId);
    }

    [Fact]
    public void Addresses_of_the_services_do_instead_of_a_name()
    {
        AzureStorageOptions options = StorageSettings.Read(With(
            ("HeadwaterStorage:blobServiceUri", "https://a.blob.example"),
            ("HeadwaterStorage:tableServiceUri", "https://a.table.example"),
            ("HeadwaterStorage:queueServiceUri", "https://a.queue.example")));

        Assert.Equal(
            ("a.blob.example", "a.table.example", "a.queue.example"), (options.BlobEndpoint!.Host, options.TableEndpoint!.Host, options.QueueEndpoint!.Host));
    }

    [Fact]
    public void The_settings_form_of_environment_variables_is_read()
    {
        string name = "HeadwaterStorage__accountName";
        Environment.SetEnvironmentVariable(name, "fromenvironment");
        try
        {
            IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            Assert.Equal("fromenvironment", StorageSettings.Read(configuration).AccountName);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Theory]
    [InlineData(
        "",
        "",
        "The log's storage account is not configured: set HeadwaterStorage to a connection string, or HeadwaterStorage__accountName for an identity.")]
    [InlineData("HeadwaterStorage:credential", "secret", "HeadwaterStorage__credential is 'secret'; it must be managedidentity or absent.")]
    [InlineData("HeadwaterStorage:blobServiceUri", "not an address", "HeadwaterStorage__blobServiceUri is 'not an address', which is not an address.")]
    [InlineData("HeadwaterStorage", "AccountName=a", "HeadwaterStorage cannot be used: The storage connection string has no AccountKey")]
    [InlineData("HeadwaterStorage:accountName", "No Account", "HeadwaterStorage cannot be used: AccountName is not a storage account's name")]
    public void What_makes_no_sense_ends_the_start_with_one_sentence(string name, string value, string sentence)
    {
        var exception = Assert.Throws<SettingsException>(() => new ServiceCollection().AddHeadwater(With((name, value))));

        Assert.StartsWith(sentence, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Both_forms_at_once_are_refused() => Assert.Throws<SettingsException>(
        () => StorageSettings.Read(With(("HeadwaterStorage", "UseDevelopmentStorage=true"), ("HeadwaterStorage:accountName", "acct"))));

    private static IConfiguration With(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Where(s => s.Name.Length > 0).ToDictionary(s => s.Name, s => (string?)s.Value)).Build();
}
