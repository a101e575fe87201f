using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

public sealed class ErrorCodeTests
{
    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_code_is_a_problem_of_its_status(ErrorCode code)
    {
        var api = new TestApi((_, _) => throw new HeadwaterException(code, "why"));
        Reply reply = await api.GetUncheckedAsync("/health");
        Assert.Equal(
            (code.Status(), code.WireName(), code.IsRetryable(), "why"),
            (reply.Status, reply.Code, (bool)reply.Json["retryable"]!, (string?)reply.Json["detail"]));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_of_429_or_503_tells_when_to_try_again(ErrorCode code)
    {
        var api = new TestApi((_, _) => throw new HeadwaterException(code, "why"));
        Reply reply = await api.GetUncheckedAsync("/health");
        Assert.Equal(code.Status() is 429 or 503, reply.Headers.ContainsKey("Retry-After"));
    }

    [Fact]
    public async Task A_wait_is_told_in_whole_seconds()
    {
        var api = new TestApi((_, _) => throw new HeadwaterException(ErrorCode.Overloaded, "why") { RetryAfter = TimeSpan.FromSeconds(1.2) });
        Assert.Equal("2", (await api.GetUncheckedAsync("/health")).Header("Retry-After"));
    }

    [Fact]
    public async Task A_server_that_refuses_a_large_body_is_413()
    {
        var api = new TestApi((_, _) => throw new BadHttpRequestException("too large", 413));
        Reply reply = await api.GetUncheckedAsync("/health");
        Assert.Equal((413, "body_too_large"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task An_unforeseen_error_before_the_log_is_asked_has_appended_nothing()
    {
        var api = new TestApi((_, _) => throw new InvalidOperationException());
        Reply read = await api.GetUncheckedAsync("/health");
        Reply append = await api.PostAsync("/streams/s/events", "[]");
        Assert.Equal(("internal", "no", "internal", "no"), (read.Code, (string?)read.Json["appended"], append.Code, (string?)append.Json["appended"]));
    }

    [Fact]
    public async Task An_unforeseen_error_of_an_append_may_have_appended_something()
    {
        BrokenBlobs? broken = null;
        var api = new TestApi(wrap: blobs => broken = new BrokenBlobs(blobs));
        await api.CreateAsync();
        broken!.IsBroken = true;
        Reply append = await api.PostAsync("/streams/s/events", """[{"value":1}]""");
        Assert.Equal(("internal", "unknown"), (append.Code, (string?)append.Json["appended"]));
    }

    private sealed class BrokenBlobs(IBlobs inner) : RelayedBlobs(inner)
    {
        public bool IsBroken { get; set; }

        public override ValueTask<AppendAnswer> AppendBlockAsync(
        string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
            IsBroken ? throw new InvalidOperationException("broken") : base.AppendBlockAsync(name, condition, data, cancellation);
    }
}
