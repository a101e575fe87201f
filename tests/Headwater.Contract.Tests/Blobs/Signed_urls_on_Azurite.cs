using System.Net;
using System.Net.Http.Headers;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Contract.Tests.Blobs;

/// <summary>Uses signed URLs with a plain HTTP client, to test what they allow.</summary>
public sealed class Signed_urls_on_Azurite(AzuriteFixture azurite) : BlobContract(new AzuriteBackend(azurite)), IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly DateTimeOffset Soon = Now + TimeSpan.FromMinutes(10);

    private readonly AzuriteFixture _azurite = azurite;
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_reads_the_blob()
    {
        await AppendBlobAsync("folder/a b", "0123456789");

        Uri url = await Blobs.SignReadAsync("folder/a b", Now, Soon, Cancellation);

        Assert.Equal("0123456789", await _http.GetStringAsync(url, Cancellation));
    }

    [Fact]
    public async Task It_reads_a_range_of_the_blob()
    {
        await AppendBlobAsync("a", "0123456789");
        using HttpRequestMessage request = new(HttpMethod.Get, await Blobs.SignReadAsync("a", Now, Soon, Cancellation));
        request.Headers.Range = new RangeHeaderValue(2, 4);

        using HttpResponseMessage response = await _http.SendAsync(request, Cancellation);

        Assert.Equal("234", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("PUT", "&comp=appendblock")]
    [InlineData("PUT", "&comp=seal")]
    [InlineData("DELETE", "")]
    public async Task It_changes_nothing(string method, string query)
    {
        await AppendBlobAsync("a", "0123456789");
        BlobContents before = await CaptureAsync();
        Uri url = await Blobs.SignReadAsync("a", Now, Soon, Cancellation);
        using HttpRequestMessage request = new(new HttpMethod(method), url + query) { Content = new StringContent("x") };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");

        using HttpResponseMessage response = await _http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task It_does_not_list_the_container()
    {
        await AppendBlobAsync("a", "1");
        UriBuilder url = new(await Blobs.SignReadAsync("a", Now, Soon, Cancellation));
        url.Path = url.Path[..url.Path.LastIndexOf('/')];
        url.Query += "&restype=container&comp=list";

        using HttpResponseMessage response = await _http.GetAsync(url.Uri, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task It_does_not_read_another_blob()
    {
        await AppendBlobAsync("a", "1");
        await AppendBlobAsync("b", "secret");
        UriBuilder url = new(await Blobs.SignReadAsync("a", Now, Soon, Cancellation));
        url.Path = url.Path[..^1] + "b";

        using HttpResponseMessage response = await _http.GetAsync(url.Uri, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task It_does_not_read_once_expired()
    {
        FakeTimeProvider anHourAgo = new(DateTimeOffset.UtcNow - TimeSpan.FromHours(1));
        AzureStorageOptions options = new() { ConnectionString = await _azurite.ConnectionStringAsync() };
        using StorageMeter meter = new();
        IBlobs blobs = new AzureStorage(options, meter, anHourAgo).OpenBlobs(AzuriteFixture.UniqueName());
        Assert.NotNull(await blobs.WriteAsync("a", Bytes("secret"), WriteCondition.IfAbsent, Cancellation));
        Uri url = await blobs.SignReadAsync("a", anHourAgo.GetUtcNow(), anHourAgo.GetUtcNow() + TimeSpan.FromMinutes(30), Cancellation);

        using HttpResponseMessage response = await _http.GetAsync(url, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task An_expiry_in_the_past_is_a_defect_of_the_caller() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Blobs.SignReadAsync("a", Now, Now - TimeSpan.FromSeconds(1), Cancellation).AsTask());
}
