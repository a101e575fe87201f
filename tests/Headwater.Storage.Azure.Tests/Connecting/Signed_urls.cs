using System.Globalization;
using System.Web;
using Headwater.Log.Ports;
using Headwater.Testing;
using StorageOperation = Headwater.Storage.Azure.Metering.StorageOperation;

namespace Headwater.Storage.Azure.Tests.Connecting;

public sealed class Signed_urls
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_key_signs_one_blob_for_reading_over_https_without_asking_anybody()
    {
        Scripted azure = new();

        Uri url = await azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        Assert.Equal("https://headwatertest.blob.core.windows.net/streams/s/a", url.GetLeftPart(UriPartial.Path));
        Assert.Equal("r b https 2026-03-01T13:00:00Z", Parts(url, "sp", "sr", "spr", "se"));
        Assert.Empty(azure.Service.Asked);
    }

    [Fact]
    public async Task An_identity_signs_with_a_delegation_key()
    {
        Scripted azure = WithIdentity();
        azure.Service.Then(DelegationKey);

        Uri url = await azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        Assert.Equal("r b https 2026-03-01T13:00:00Z object tenant", Parts(url, "sp", "sr", "spr", "se", "skoid", "sktid"));
        Assert.NotEmpty(Parts(url, "sig"));
    }

    [Fact]
    public async Task A_delegation_key_serves_for_an_hour()
    {
        Scripted azure = WithIdentity();
        azure.Service.Then(DelegationKey);
        await azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        azure.Time.Advance(TimeSpan.FromMinutes(59));
        await azure.Blobs.SignReadAsync("s/b", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        Assert.Equal(1, azure.Meter.Count(StorageOperation.BlobKey));
    }

    [Fact]
    public async Task After_an_hour_a_new_delegation_key_is_asked_for()
    {
        Scripted azure = WithIdentity();
        azure.Service.Then(DelegationKey).Then(DelegationKey);
        await azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        azure.Time.Advance(TimeSpan.FromHours(1));
        await azure.Blobs.SignReadAsync("s/b", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        Assert.Equal(2, azure.Meter.Count(StorageOperation.BlobKey));
    }

    [Fact]
    public async Task A_url_never_outlives_its_delegation_key()
    {
        Scripted azure = WithIdentity();
        azure.Service.Then(DelegationKey).Then(DelegationKey);
        await azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        await azure.Blobs.SignReadAsync("s/b", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(12), Cancellation);

        Assert.Equal(2, azure.Meter.Count(StorageOperation.BlobKey));
    }

    [Theory]
    [InlineData(false, -1)]
    [InlineData(false, 1)]
    [InlineData(true, -1)]
    [InlineData(true, 1)]
    public async Task A_host_whose_clock_is_an_hour_off_signs_by_the_clock_of_storage(bool hasIdentity, int hoursOff)
    {
        Scripted azure = hasIdentity ? WithIdentity() : new Scripted();
        azure.Service.Then(DelegationKey);
        DateTimeOffset now = azure.Time.GetUtcNow() - TimeSpan.FromHours(hoursOff);

        Uri url = await azure.Blobs.SignReadAsync("s/a", now, now + TimeSpan.FromHours(1), Cancellation);

        string expected = (now + TimeSpan.FromHours(1)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Equal(expected, Parts(url, "se"));
        string keyStart = (now - TimeSpan.FromMinutes(5)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Equal(hasIdentity ? keyStart : "", Parts(url, "skt"));
    }

    [Fact]
    public async Task An_identity_that_may_not_sign_is_denied()
    {
        Scripted azure = WithIdentity();
        azure.Service.Then(CannedResponse.Error(403, "AuthorizationPermissionMismatch"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(
            () => azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation).AsTask());

        Assert.Equal(StorageFault.Denied, thrown.Fault);
    }

    [Fact]
    public async Task A_longer_life_than_a_delegation_key_can_have_is_a_defect_of_the_caller()
    {
        Scripted azure = WithIdentity();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => azure.Blobs.SignReadAsync("s/a", azure.Time.GetUtcNow(), azure.Time.GetUtcNow() + TimeSpan.FromDays(7), Cancellation).AsTask());
    }

    private static Scripted WithIdentity() => new(options => options with
    {
        ConnectionString = null,
        AccountName = "headwater01",
        Pipelines = options.Pipelines with { Credential = new FixedCredential() },
    });

    // Like the service, returns the requested start and expiry times.
    private static CannedResponse DelegationKey(global::Azure.Core.Request request)
    {
        using MemoryStream body = new();
        request.Content!.WriteTo(body, CancellationToken.None);
        string asked = System.Text.Encoding.UTF8.GetString(body.ToArray());
        string Between(string name) => asked.Split($"<{name}>")[1].Split($"</{name}>")[0];
        Assert.True(
            DateTimeOffset.Parse(Between("Expiry"), CultureInfo.InvariantCulture) > DateTimeOffset.Parse(Between("Start"), CultureInfo.InvariantCulture));
        return new CannedResponse(
            200,
            $"""
            <?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>object</SignedOid><SignedTid>tenant</SignedTid>
            <SignedStart>{Between("Start")}</SignedStart><SignedExpiry>{Between("Expiry")}</SignedExpiry><SignedService>b</SignedService>
            <SignedVersion>2026-06-06</SignedVersion><Value>c2VjcmV0</Value></UserDelegationKey>
            """).With("Content-Type", "application/xml");
    }

    private static string Parts(Uri url, params string[] names)
    {
        System.Collections.Specialized.NameValueCollection query = HttpUtility.ParseQueryString(url.Query);
        return string.Join(' ', names.Select(name => query[name]));
    }
}
