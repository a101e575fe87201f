using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary><c>/health</c> says whether the process runs, <c>/ready</c> whether storage serves it.</summary>
public sealed class ReadyTests
{
    private readonly CallScript _script = new();

    private readonly TestApi _api;

    public ReadyTests() => _api = new TestApi(wrap: blobs => new WatchedBlobs(blobs, _script));

    [Fact]
    public async Task Ready_is_answered_while_storage_serves()
    {
        Reply reply = await _api.GetAsync("/ready");

        Assert.Equal((200, "ready"), (reply.Status, (string?)reply.Json["status"]));
    }

    [Fact]
    public async Task Ready_names_what_fails_and_the_role_that_is_missing()
    {
        _api.Tables.Fault = new StorageException(StorageFault.Denied, "Reading row failed: 403.") { Remedy = "The identity needs the role 'R'." };

        Reply reply = await _api.GetAsync("/ready");

        Assert.Equal(
            (503, "60", "storage_unavailable", "Storage does not serve this app. tables: Reading row failed: 403. The identity needs the role 'R'."),
            (reply.Status, reply.Header("Retry-After"), (string?)reply.Json["code"], (string?)reply.Json["detail"]));
    }

    [Fact]
    public async Task Ready_names_every_service_that_fails()
    {
        _script.Every(_ => true, CallFate.Refused(StorageFault.Unavailable));
        _api.Queues.Fault = new StorageException(StorageFault.Unavailable, "timeout");

        string detail = (string)(await _api.GetAsync("/ready")).Json["detail"]!;

        Assert.Contains("blobs: ", detail, StringComparison.Ordinal);
        Assert.Contains("queues: timeout", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("tables: ", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_stays_ok_while_storage_is_dead()
    {
        _script.Every(_ => true, CallFate.Refused(StorageFault.Unavailable));
        _api.Tables.Fault = new StorageException(StorageFault.Unavailable, "timeout");

        Reply reply = await _api.GetAsync("/health");

        Assert.Equal((200, "ok"), (reply.Status, (string?)reply.Json["status"]));
    }

    [Fact]
    public async Task Many_probes_within_five_seconds_ask_storage_once()
    {
        for (int i = 0; i < 20; i++)
        {
            await _api.GetAsync("/ready");
        }

        Assert.Single(_script.Calls);
    }

    [Fact]
    public async Task After_five_seconds_storage_is_asked_again()
    {
        _api.Queues.Fault = new StorageException(StorageFault.Unavailable, "timeout");
        int before = (await _api.GetAsync("/ready")).Status;
        _api.Queues.Fault = null;
        _api.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((503, 200), (before, (await _api.GetAsync("/ready")).Status));
    }
}
