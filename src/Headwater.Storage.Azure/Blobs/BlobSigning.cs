using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Headwater.Storage.Azure.Calling;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>
/// Signs read-only URLs of single blobs, with the account key if there is one. Otherwise it uses a user-delegation key, which it
/// requests at most once an hour and keeps only in memory. Times are the service's; the host's clock only measures the key's age.
/// </summary>
internal sealed class BlobSigning(BlobServiceClient service, BlobContainerClient container, AzureCalls calls, TimeProvider time)
{
    private static readonly TimeSpan KeyAge = TimeSpan.FromHours(1);

    // The service rejects a key whose start is in the future by its own clock, and its servers' clocks differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    // The limit of the service.
    private static readonly TimeSpan LongestKey = TimeSpan.FromDays(7) - ClockSkew;

    private DelegationKey? _key;

    public async ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expires, now);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expires, now + LongestKey);
        BlobClient blob = container.GetBlobClient(name);
        BlobSasBuilder sas = new(BlobSasPermissions.Read, expires)
        {
            BlobContainerName = container.Name,
            BlobName = name,
            Resource = "b",
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        if (blob.CanGenerateSasUri)
        {
            return blob.GenerateSasUri(sas);
        }

        UserDelegationKey key = await KeyAsync(now, expires, cancellation);
        return new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(key, service.AccountName) }.ToUri();
    }

    private async ValueTask<UserDelegationKey> KeyAsync(DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _key) is { } cached && time.GetElapsedTime(cached.Since) < KeyAge && expires <= cached.Key.SignedExpiresOn)
        {
            return cached.Key;
        }

        DateTimeOffset wished = expires + KeyAge;
        DateTimeOffset end = wished < now + LongestKey ? wished : now + LongestKey;
        Answer<Response<UserDelegationKey>> answer = await calls.RepeatedAsync(
            token => service.GetUserDelegationKeyAsync(now - ClockSkew, end, token), bytes: 0, cancellation);
        if (answer.Error is { } error)
        {
            throw error.ToException("Getting a delegation key for", container.Name);
        }

        UserDelegationKey key = answer.Value!.Value;
        Volatile.Write(ref _key, new DelegationKey(key, time.GetTimestamp()));
        return key;
    }

    private sealed record DelegationKey(UserDelegationKey Key, long Since);
}
