using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>An outage is reported once when it begins and once when it has ended. A denied call names what to change.</summary>
public sealed class Outages
{
    private readonly List<string> _reports = [];

    private readonly Scripted _azure;

    public Outages()
    {
        StorageOutages outages = new()
        {
            Began = o => _reports.Add($"{o.Service} began {o.Began:T} {o.Reason}"),
            Ended = o => _reports.Add($"{o.Service} ended {o.Began:T} {o.Last:T} {o.Failures}"),
        };
        _azure = new Scripted(o => o with { Outages = outages, ReadAttempts = 1 });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_failed_calls_are_one_outage_with_a_beginning_and_an_end()
    {
        for (int i = 0; i < 5; i++)
        {
            _azure.Service.Then(CannedResponse.Error(500, "InternalError"));
            await ReadAsync();
            _azure.Time.Advance(TimeSpan.FromMinutes(2));
        }

        _azure.Service.Then(CannedResponse.Error(404, "BlobNotFound"));
        await ReadAsync();

        Assert.Equal(["blobs began 12:00:00 500 InternalError", "blobs ended 12:00:00 12:08:00 5"], _reports);
    }

    [Fact]
    public async Task A_service_that_fails_now_and_then_is_in_one_outage()
    {
        for (int i = 0; i < 5; i++)
        {
            _azure.Service.Then(CannedResponse.Error(500, "InternalError")).Then(CannedResponse.Error(404, "BlobNotFound"));
            await ReadAsync();
            await ReadAsync();
            _azure.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Single(_reports);
    }

    [Fact]
    public async Task A_failed_attempt_that_a_retry_makes_good_is_no_outage()
    {
        List<StorageOutage> began = [];
        Scripted azure = new(o => o with { Outages = new StorageOutages { Began = began.Add } });
        azure.Service.Then(CannedResponse.Error(500, "InternalError")).Then(CannedResponse.Error(404, "BlobNotFound"));

        Assert.Null(await azure.Blobs.ReadAsync("a", 0, 1, Cancellation));

        Assert.Empty(began);
    }

    [Theory]
    [InlineData(404, "BlobNotFound")]
    [InlineData(409, "BlobModifiedWhileReading")]
    [InlineData(412, "AppendPositionConditionNotMet")]
    public async Task A_refusal_that_depends_on_what_is_stored_is_no_outage(int status, string code)
    {
        _azure.Service.Then(CannedResponse.Error(status, code));

        await _azure.Blobs.AppendBlockAsync("a", 0, new byte[1], Cancellation);

        Assert.Empty(_reports);
    }

    [Fact]
    public async Task A_denied_call_names_the_role_that_the_identity_needs()
    {
        Scripted azure = new(o => o with
        {
            ConnectionString = null,
            AccountName = "headwatertest",
            Pipelines = o.Pipelines with { Credential = new Tokens() },
        });
        azure.Service.Then(CannedResponse.Error(403, "AuthorizationPermissionMismatch"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(async () => await azure.Tables.GetAsync("t", new RowId("p", "r"), Cancellation));

        Assert.Contains("'Storage Table Data Contributor'", thrown.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_account_key_names_the_setting_that_holds_it()
    {
        Scripted azure = new(o => o with { ConnectionSetting = "HeadwaterStorage" });
        azure.Service.Then(CannedResponse.Error(403, "AuthenticationFailed"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(async () => await azure.Blobs.ReadAsync("a", 0, 1, Cancellation));

        Assert.Contains("The account key in HeadwaterStorage is wrong", thrown.Remedy, StringComparison.Ordinal);
    }

    private async Task ReadAsync()
    {
        try
        {
            (await _azure.Blobs.ReadAsync("a", 0, 1, Cancellation))?.Dispose();
        }
        catch (StorageException)
        {
            // Expected while the service fails.
        }
    }

    private sealed class Tokens : global::Azure.Core.TokenCredential
    {
        public override global::Azure.Core.AccessToken GetToken(global::Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<global::Azure.Core.AccessToken> GetTokenAsync(
            global::Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
