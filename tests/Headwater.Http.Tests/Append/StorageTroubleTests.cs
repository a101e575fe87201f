using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class StorageTroubleTests
{
    private const string Body = """[{"key":"a","value":1},{"key":"b","value":2},{"key":"c","value":3},{"key":"d","value":4}]""";

    private readonly TestApi _api;
    private FaultyBlobs _faulty = null!;

    public StorageTroubleTests() =>
        _api = new TestApi(wrap: blobs => _faulty = new FaultyBlobs(blobs), options: LogOptions.Default with { AppendPatience = TimeSpan.Zero });

    [Fact]
    public async Task Storage_that_is_down_before_an_append_is_503_and_nothing_appended()
    {
        await _api.CreateAsync();
        _faulty.ReadsFail = true;
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", Body);
        Assert.Equal((503, "storage_unavailable", "no", true), (reply.Status, reply.Code, (string?)reply.Json["appended"], (bool)reply.Json["retryable"]!));
        Assert.NotEqual("", reply.Header("Retry-After"));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData(StorageFault.Rejected)]
    [InlineData(null)]
    public async Task A_defect_before_an_append_is_500_and_nothing_appended(StorageFault? fault)
    {
        await _api.CreateAsync();
        (_faulty.ReadsFail, _faulty.ReadFault) = (true, fault);
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", Body);
        Assert.Equal((500, "internal", "no"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_defect_in_an_append_is_500_and_appended_unknown()
    {
        await _api.CreateAsync();
        _faulty.Appending = () => throw new InvalidOperationException("a defect");
        Reply reply = await _api.PostAsync("/streams/s/events", Body);
        Assert.Equal((500, "internal", "unknown"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
    }

    [Fact]
    public async Task An_answer_lost_for_good_is_503_and_appended_unknown()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", Body);
        _faulty.AppendAnswersAreLost = true;
        _faulty.ReadsFail = true;
        Reply reply = await _api.PostAsync("/streams/s/events", Body);
        Assert.Equal((503, "append_unknown", "unknown"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
    }

    [Fact]
    public async Task A_lost_answer_that_can_be_looked_up_is_a_success()
    {
        await _api.CreateAsync();
        _faulty.AppendAnswersAreLost = true;
        Assert.Equal(200, (await _api.PostAsync("/streams/s/events", Body)).Status);
    }

    [Fact]
    public async Task Partitions_that_fail_are_told_apart_from_those_that_did_not()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        _faulty.AppendsFailAt = "/00001/";
        Reply reply = await _api.PostAsync("/streams/s/events", Body);
        Assert.Equal((503, "append_partial", "partial"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
        Assert.Equal([0], reply.Json["partitions"]!.AsArray().Select(p => (int)p!["partition"]!));
        Assert.Equal([1], reply.Json["failed"]!.AsArray().Select(p => (int)p!["partition"]!));
        int taken = (int)reply.Json["partitions"]![0]!["count"]!;
        Assert.Equal(4, taken + reply.Json["failed"]![0]!["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_retry_with_the_same_key_completes_what_failed()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        _faulty.AppendsFailAt = "/00001/";
        await _api.PostAsync("/streams/s/events", Body, ("Idempotency-Key", "x"));
        _faulty.AppendsFailAt = null;
        await _api.PostAsync("/streams/s/events", Body, ("Idempotency-Key", "x"));
        Assert.Equal(4, (await _api.EventsAsync(0)).Count + (await _api.EventsAsync(1)).Count);
    }

    [Fact]
    public async Task A_request_whose_key_one_of_its_partitions_knows_for_other_events_is_not_sent_again()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        await _api.PostAsync("/streams/s/partitions/1/events", """[{"value":0}]""", ("Idempotency-Key", "x"));
        Reply reply = await _api.PostAsync("/streams/s/events", Body, ("Idempotency-Key", "x"));
        Assert.Equal(
            (422, "append_incomplete", false, "partial"),
            (reply.Status, reply.Code, (bool?)reply.Json["retryable"], (string?)reply.Json["appended"]));
        Assert.Equal("idempotency_key_reused", (string?)Assert.Single(reply.Json["failed"]!.AsArray())!["code"]);
        Assert.Single(await _api.EventsAsync(1));
    }

    [Fact]
    public async Task A_client_that_leaves_while_sending_stores_nothing()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        using var gone = new CancellationTokenSource();
        HttpContext context = TestApi.Context("POST", "/streams/s/events", []);
        context.Request.Body = new LeavingStream(gone);
        context.Request.ContentLength = 1000;
        context.RequestAborted = gone.Token;
        await _api.Api.HandleAsync(context);
        Assert.Equal(StatusCodes.Status499ClientClosedRequest, context.Response.StatusCode);
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_the_clients_fault()
    {
        await _api.CreateAsync();
        HttpContext context = TestApi.Context("POST", "/streams/s/events", []);
        context.Request.Body = new BrokenStream();
        await _api.Api.HandleAsync(context);
        Assert.Equal("malformed_body", (await Reply.OfAsync(context)).Code);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new IOException("reset"));
    }

    /// <summary>A body whose client disconnects while it is read.</summary>
    private sealed class LeavingStream(CancellationTokenSource gone) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            gone.Cancel();
            return ValueTask.FromException<int>(new OperationCanceledException(gone.Token));
        }
    }
}
