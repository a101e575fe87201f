using Azure.Core;
using Azure.Identity;

namespace Headwater.Storage.Azure.Connecting;

/// <summary>The validated options: a connection string with a key, or three endpoints and a credential.</summary>
internal sealed record StorageAddress
{
    private const string Choices = "give ConnectionString, or AccountName (or BlobEndpoint, TableEndpoint and QueueEndpoint) for an identity";

    public string? ConnectionString { get; private init; }

    public Uri? Blobs { get; private init; }

    public Uri? Tables { get; private init; }

    public Uri? Queues { get; private init; }

    public TokenCredential? Credential { get; private init; }

    /// <exception cref="ArgumentException">The options are incomplete or contradictory. The message never contains a connection string.</exception>
    public static StorageAddress Of(AzureStorageOptions options)
    {
        bool identity = options.AccountName is not null || options.BlobEndpoint is not null || options.TableEndpoint is not null
            || options.QueueEndpoint is not null || options.ManagedIdentityClientId is not null;
        if (options.ConnectionString is not null)
        {
            return identity
                ? throw new ArgumentException($"Storage is configured twice: {Choices}, not both.", nameof(options))
                : new StorageAddress { ConnectionString = WithKey(options.ConnectionString) };
        }

        return new StorageAddress
        {
            Blobs = Endpoint(options.BlobEndpoint, options.AccountName, "blob"),
            Tables = Endpoint(options.TableEndpoint, options.AccountName, "table"),
            Queues = Endpoint(options.QueueEndpoint, options.AccountName, "queue"),
            Credential = options.Pipelines.Credential ?? CredentialFor(options.ManagedIdentityClientId),
        };
    }

    private static string WithKey(string connectionString)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (string part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ArgumentException("The storage connection string is not a list of name=value pairs separated by ';'.");
            }

            names.Add(part[..equals]);
        }

        return names.Contains("AccountKey") || names.Contains("UseDevelopmentStorage")
            ? connectionString
            : throw new ArgumentException(
                "The storage connection string has no AccountKey, which is needed to sign read-only URLs: use one with a key, or an identity.");
    }

    private static Uri Endpoint(Uri? given, string? account, string service)
    {
        Uri endpoint = (given, account) switch
        {
            (not null, _) => given,
            (null, not null) when IsAccountName(account) => new Uri($"https://{account}.{service}.core.windows.net"),
            (null, not null) => throw new ArgumentException("AccountName is not a storage account's name: 3 to 24 lower-case letters and digits."),
            (null, null) => throw new ArgumentException($"Storage is not configured (no {service} endpoint): {Choices}."),
        };
        return endpoint is { IsAbsoluteUri: true, Scheme: "https" }
            ? endpoint
            : throw new ArgumentException(
                $"The {service} endpoint must be an absolute https address, because the token of an identity is only sent over https.");
    }

    private static bool IsAccountName(string name) => name.Length is >= 3 and <= 24 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static TokenCredential CredentialFor(string? clientId) => clientId is null
        ? new DefaultAzureCredential()
        : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));
}
