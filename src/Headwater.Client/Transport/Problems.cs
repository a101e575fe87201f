using System.Text.Json;
using Headwater.Contracts.Media;

namespace Headwater.Client;

/// <summary>Turns answers that are not successes, and lost answers, into exceptions.</summary>
internal static class Problems
{
    /// <param name="answer">The answer.</param>
    /// <param name="body">Its body.</param>
    /// <param name="appends">Whether the request could store events.</param>
    public static HeadwaterException Of(HttpResponseMessage answer, byte[] body, bool appends)
    {
        int status = (int)answer.StatusCode;
        TimeSpan? pause = answer.Headers.RetryAfter?.Delta;
        return answer.Content.Headers.ContentType?.MediaType == MediaTypes.Problem && TryParse(body, out JsonElement problem)
            ? new HeadwaterException(Text(problem, "code") ?? HeadwaterException.NoAnswer, Text(problem, "detail") ?? $"Status {status}.")
            {
                Status = status,
                Retryable = problem.TryGetProperty("retryable", out JsonElement retryable) && retryable.ValueKind == JsonValueKind.True,
                Appended = Text(problem, "appended") switch { "partial" => Appended.Partial, "unknown" => Appended.Unknown, _ => Appended.No },
                RetryAfter = pause,
                Problem = problem,
            }
            : OfHost(status, pause, appends);
    }

    /// <summary>The request got no answer, or only a part of one.</summary>
    public static HeadwaterException Lost(Exception error, bool appends) =>
        new(HeadwaterException.NoAnswer, $"The service did not answer: {error.Message}", error)
        {
            Retryable = true,
            Appended = appends && !WasNotSent(error) ? Appended.Unknown : Appended.No,
        };

    /// <summary>The request got more than any answer of the service has.</summary>
    public static HeadwaterException TooLarge(AnswerTooLargeException error, bool appends) =>
        new(HeadwaterException.NoAnswer, $"The answer is not one of Headwater: {error.Message}", error)
        {
            Status = error.Status,
            Appended = appends ? Appended.Unknown : Appended.No,
        };

    /// <summary>The request got no answer in time.</summary>
    public static HeadwaterException TimedOut(TimeSpan limit, bool appends) =>
        new(HeadwaterException.NoAnswer, $"The service did not answer within {limit.TotalSeconds:0.#} s.")
        {
            Retryable = true,
            Appended = appends ? Appended.Unknown : Appended.No,
        };

    /// <summary>An answer of the Functions host or of a proxy: only the status says something (docs/http-api.md, "Problems").</summary>
    private static HeadwaterException OfHost(int status, TimeSpan? pause, bool appends) =>
        new(HeadwaterException.NoAnswer, $"The service did not answer; the host before it answered {status}.")
        {
            Status = status,
            Retryable = status is 408 or 429 or >= 500,
            Appended = appends && status is 408 or >= 500 ? Appended.Unknown : Appended.No,
            RetryAfter = pause,
        };

    private static bool WasNotSent(Exception error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError,
    };

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryParse(byte[] body, out JsonElement problem)
    {
        problem = default;
        try
        {
            var reader = new Utf8JsonReader(body);
            problem = JsonElement.ParseValue(ref reader);
            return problem.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
