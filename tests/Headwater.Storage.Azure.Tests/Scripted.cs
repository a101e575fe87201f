using Azure.Core.Pipeline;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Storage.Azure.Tests;

/// <summary>The storage adapters in front of a scripted service, on a clock that only the test advances.</summary>
internal sealed class Scripted
{
    // The key is "secret" in base 64; the account does not exist.
    public const string ConnectionString =
        "DefaultEndpointsProtocol=https;AccountName=headwatertest;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";

    public Scripted(Func<AzureStorageOptions, AzureStorageOptions>? configure = null)
    {
        AzureStorageOptions options = new()
        {
            ConnectionString = ConnectionString,
            ReadPause = TimeSpan.Zero,
            Pipelines = new AzurePipelines { Transport = Service },
        };
        Storage = new AzureStorage(configure?.Invoke(options) ?? options, Meter, Time);
        Blobs = Storage.OpenBlobs("streams");
        Tables = Storage.OpenTables();
    }

    public ScriptedTransport Service { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public StorageMeter Meter { get; } = new();

    public AzureStorage Storage { get; }

    public IBlobs Blobs { get; }

    public ITables Tables { get; }

    public static AzurePipelines With(ScriptedTransport service, params HttpPipelinePolicy[] policies) =>
        new() { Transport = service, Blobs = policies };

    public static CannedResponse Ranged(string content, long start, long length) => new CannedResponse(206, content)
        .With("Content-Range", $"bytes {start}-{start + content.Length - 1}/{length}")
        .With("Content-Length", $"{content.Length}")
        .With("ETag", "\"0x1\"")
        .With("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
        .With("x-ms-blob-type", "AppendBlob");

    public static CannedResponse State(long length) => new CannedResponse(200)
        .With("Content-Length", $"{length}")
        .With("ETag", "\"0x1\"")
        .With("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
        .With("x-ms-blob-type", "AppendBlob");

    public static CannedResponse Appended(int blocks) => new CannedResponse(201)
        .With("ETag", "\"0x2\"")
        .With("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
        .With("x-ms-blob-append-offset", "0")
        .With("x-ms-blob-committed-block-count", $"{blocks}");
}
