using Azure;
using Azure.Core;
using Azure.Identity;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Connecting;

public sealed class Identities
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_name_asks_its_public_endpoint_with_the_token_of_the_identity()
    {
        string? authorization = null;
        Scripted azure = With(new FixedCredential());
        azure.Service.Then(request =>
        {
            request.Headers.TryGetValue("Authorization", out authorization);
            return CannedResponse.Error(404, "BlobNotFound");
        });

        await azure.Blobs.ReadAsync("a", 0, 1, Cancellation);

        Assert.Equal(("Bearer token", "GET https://headwater01.blob.core.windows.net/streams/a"), (authorization, azure.Service.Asked[0]));
    }

    [Fact]
    public async Task No_token_because_the_identity_may_not_is_denied_and_nothing_is_sent()
    {
        Scripted azure = With(new FailingCredential(new AuthenticationFailedException("AADSTS700016")));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => AppendAsync(azure));

        Assert.Equal((StorageFault.Denied, 0), (thrown.Fault, azure.Service.Asked.Count));
    }

    [Fact]
    public async Task No_token_because_its_service_is_down_leaves_the_outcome_unknown()
    {
        Scripted azure = With(new FailingCredential(new AuthenticationFailedException("down", new RequestFailedException(503, "down"))));

        AppendAnswer answer = await AppendAsync(azure);

        Assert.Equal((AppendStatus.Unknown, 0), (answer.Status, azure.Service.Asked.Count));
    }

    private static async Task<AppendAnswer> AppendAsync(Scripted azure) =>
        await azure.Blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);

    private static Scripted With(TokenCredential credential) => new(
        options => options with { ConnectionString = null, AccountName = "headwater01", Pipelines = options.Pipelines with { Credential = credential } });
}

internal sealed class FixedCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new("token", DateTimeOffset.UtcNow + TimeSpan.FromDays(1));

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}

internal sealed class FailingCredential(Exception failure) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw failure;

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw failure;
}
