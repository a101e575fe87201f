using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Problems;

/// <summary><c>application/problem+json</c>: the RFC's members, then <c>code</c>, <c>retryable</c>, <c>appended</c> and the facts.</summary>
internal static class ProblemJson
{
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        if (problem.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        WritePositions(context.Response.Headers, problem);
        return Answer.JsonAsync(context, problem.Status, json => Write(json, problem), MediaTypes.Problem);
    }

    /// <summary>A read outside the log is answered with the headers of a read, as far as they are known. Next-Offset is where reading can continue.</summary>
    private static void WritePositions(IHeaderDictionary headers, Problem problem)
    {
        if (problem is { Code: ErrorCode.OffsetBelowStart, Facts: LogStartFacts start })
        {
            headers[HeaderNames.NextOffset] = headers[HeaderNames.LogStartOffset] = start.LogStartOffset.ToString(CultureInfo.InvariantCulture);
        }
        else if (problem is { Code: ErrorCode.OffsetBeyondEnd, Facts: LogEndFacts end })
        {
            headers[HeaderNames.NextOffset] = headers[HeaderNames.LogEndOffset] = end.LogEndOffset.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What a code is called where people read: <c>Stream not found</c>.</summary>
    public static string TitleOf(ErrorCode code)
    {
        string words = code.WireName().Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static void Write(Utf8JsonWriter json, Problem problem)
    {
        json.WriteStartObject();
        json.WriteString("type", $"urn:headwater:problem:{problem.CodeName}");
        json.WriteString("title", TitleOf(problem.Code));
        json.WriteNumber("status", problem.Status);
        json.WriteString("detail", problem.Detail);
        json.WriteString("code", problem.CodeName);
        json.WriteBoolean("retryable", problem.Code.IsRetryable());
        json.WriteString("appended", problem.Appended.WireName());
        problem.Facts.WriteMembers(json);
        json.WriteEndObject();
    }
}
