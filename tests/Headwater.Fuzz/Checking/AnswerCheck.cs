using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Checking;

/// <summary>What every answer must be, whatever the request was.</summary>
internal static class AnswerCheck
{
    private const string Problem = "application/problem+json";

    private static readonly Dictionary<string, ErrorCode> Codes = Enum.GetValues<ErrorCode>().ToDictionary(code => code.WireName());

    private static readonly string[] Appended = [.. Enum.GetValues<Appended>().Select(a => a.WireName())];

    public static void Check(FuzzAnswer answer)
    {
        Require(answer, answer.Thrown is null, $"the pipeline threw {answer.Thrown}");
        Require(answer, !answer.IsCut, $"the connection was cut in the middle of the answer: {answer.Defect}");
        Require(answer, answer.Status != 500, $"the answer is 500: {answer.Defect}");
        Require(answer, answer.Status < 500 || answer.Step.Fault is not null, "the answer is 5xx although storage works");
        Require(answer, answer.Status != 429, "the answer is 429 although one request runs at a time");
        CheckHeaders(answer);
        if (answer.Step.Method == "HEAD" || answer.Status is 204 or 304)
        {
            Require(answer, answer.Raw.Length == 0, "the answer has a body");
        }
        else if (answer.IsSuccess)
        {
            CheckBody(answer);
        }
        else
        {
            CheckProblem(answer);
        }
    }

    private static void CheckHeaders(FuzzAnswer answer)
    {
        foreach (var (name, values) in answer.Headers)
        {
            Require(answer, values.All(v => v!.All(c => c is >= ' ' and <= '~')), $"header {name} has a character that a server cannot send: {values}");
        }

        if (answer.Headers.ContentLength is { } length && answer.Step.Method != "HEAD")
        {
            Require(answer, length == answer.Raw.Length, $"Content-Length is {length}, but the body has {answer.Raw.Length} bytes");
        }
    }

    private static void CheckBody(FuzzAnswer answer)
    {
        switch (answer.MediaType)
        {
            case "application/x-ndjson":
                Require(answer, answer.Body is [] or [.., (byte)'\n'], "the last line does not end");
                foreach (string line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    Parse(answer, line);
                }

                break;
            case "application/avro":
                Require(answer, answer.Body.AsSpan().StartsWith("Obj\u0001"u8), "the body is no container file");
                break;
            case "":
                Require(answer, answer.Raw.Length == 0, "the body has no media type");
                break;
            case "text/html":
                break;
            default:
                Parse(answer, answer.Text);
                break;
        }
    }

    private static void CheckProblem(FuzzAnswer answer)
    {
        Require(answer, answer.MediaType == Problem, $"a failure has the media type '{answer.MediaType}'");
        Parse(answer, answer.Text);
        JsonElement problem = answer.Json();
        string code = problem.GetProperty("code").GetString() ?? "";
        Require(answer, Codes.TryGetValue(code, out ErrorCode known), $"the code '{code}' is unknown");
        Require(answer, known.Status() == answer.Status, $"code {code} has status {known.Status()}");
        Require(answer, problem.GetProperty("status").GetInt32() == answer.Status, "the status in the body is another");
        Require(answer, problem.GetProperty("retryable").GetBoolean() == known.IsRetryable(), "retryable is wrong for the code");
        Require(answer, Appended.Contains(problem.GetProperty("appended").GetString()), "appended has an unknown value");
        Require(answer, !string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()), "the problem has no detail");
        if (answer.Status == 503)
        {
            bool isNumber = int.TryParse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds);
            Require(answer, isNumber && seconds > 0, $"Retry-After is '{answer.Header("Retry-After")}'");
        }
    }

    private static void Parse(FuzzAnswer answer, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
        }
        catch (JsonException exception)
        {
            throw new ViolationException($"{answer.Step}: the body is not JSON: {exception.Message}\n{answer}");
        }
    }

    private static void Require(FuzzAnswer answer, bool holds, string message)
    {
        if (!holds)
        {
            throw new ViolationException($"{message}\n{answer}");
        }
    }
}
