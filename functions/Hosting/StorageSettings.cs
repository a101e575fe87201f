using Headwater.Storage.Azure.Connecting;
using Microsoft.Extensions.Configuration;

namespace Headwater.Functions.Hosting;

/// <summary>
/// The connection named <see cref="AppSettings.Storage"/>, in the forms that triggers take as well, read as the options of the storage account.
/// </summary>
internal static class StorageSettings
{
    private const string Choices = $"set {AppSettings.Storage} to a connection string, or {AppSettings.Storage}__{AppSettings.AccountName} for an identity";

    /// <exception cref="SettingsException">The setting is missing or contradictory.</exception>
    public static AzureStorageOptions Read(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection(AppSettings.Storage);
        string? account = section[AppSettings.AccountName];
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            return account is null
                ? new AzureStorageOptions { ConnectionString = section.Value, ConnectionSetting = AppSettings.Storage }
                : throw new SettingsException($"{AppSettings.Storage} is set twice: {Choices}, not both.");
        }

        var options = new AzureStorageOptions
        {
            AccountName = account,
            BlobEndpoint = Address(section, AppSettings.BlobServiceUri),
            TableEndpoint = Address(section, AppSettings.TableServiceUri),
            QueueEndpoint = Address(section, AppSettings.QueueServiceUri),
            ManagedIdentityClientId = Identity(section),

            // An identity implies a deployment, which created the container, tables and queues.
            Provisioned = true,
        };
        return account is null && options.BlobEndpoint is null
            ? throw new SettingsException($"The log's storage account is not configured: {Choices}.")
            : options;
    }

    private static string? Identity(IConfigurationSection section)
    {
        string? credential = section[AppSettings.Credential];
        if (credential is not null && !credential.Equals(AppSettings.ManagedIdentity, StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException(
                $"{AppSettings.Storage}__{AppSettings.Credential} is '{credential}'; it must be {AppSettings.ManagedIdentity} or absent.");
        }

        string? client = section[AppSettings.ClientId];
        return string.IsNullOrWhiteSpace(client) ? null : client;
    }

    private static Uri? Address(IConfigurationSection section, string name)
    {
        string? text = section[name];
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            ? address
            : throw new SettingsException($"{AppSettings.Storage}__{name} is '{text}', which is not an address.");
    }
}
