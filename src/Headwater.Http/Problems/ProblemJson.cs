using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Xml;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Headwater.Core.Positions;
using Headwater.Http.Answers;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Problems;

/// <summary><c>application/problem+json</c>: the RFC's members, then <c>code</c>, <c>retryable</c>, <c>appended</c> and the facts.</summary>
internal static class ProblemJson
{
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        if (problem.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Answer.JsonAsync(context, problem.Status, json => Write(json, problem), MediaTypes.Problem);
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
        foreach ((string name, object? fact) in problem.Facts)
        {
            json.WritePropertyName(name);
            WriteFact(json, fact);
        }

        json.WriteEndObject();
    }

    private static void WriteFact(Utf8JsonWriter json, object? fact)
    {
        switch (fact)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case Offset offset: json.WriteNumberValue(offset.Value); break;
            case PartitionId partition: json.WriteNumberValue(partition.Value); break;
            case SequenceNumber sequence: json.WriteNumberValue(sequence.Value); break;
            case ProducerEpoch epoch: json.WriteNumberValue(epoch.Value); break;
            case UnixMicros instant: json.WriteStringValue(instant.ToDateTimeOffset().UtcDateTime); break;
            case DateTimeOffset instant: json.WriteStringValue(instant.UtcDateTime); break;
            case TimeSpan duration: json.WriteStringValue(XmlConvert.ToString(duration)); break;
            case EventFault fault: WriteFault(json, fault.Index, fault.Pointer, fault.Message); break;
            case BodyFault fault: WriteFault(json, null, fault.Pointer, fault.Message); break;
            case IReadOnlyDictionary<string, object?> members: WriteMembers(json, members); break;
            case IEnumerable items: WriteItems(json, items); break;
            default: json.WriteStringValue(Convert.ToString(fact, CultureInfo.InvariantCulture)); break;
        }
    }

    private static void WriteFault(Utf8JsonWriter json, int? index, string pointer, string message)
    {
        json.WriteStartObject();
        if (index is { } known)
            json.WriteNumber("index", known);
        json.WriteString("pointer", pointer);
        json.WriteString("message", message);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, IReadOnlyDictionary<string, object?> members)
    {
        json.WriteStartObject();
        foreach ((string name, object? member) in members)
        {
            json.WritePropertyName(name);
            WriteFact(json, member);
        }

        json.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter json, IEnumerable items)
    {
        json.WriteStartArray();
        foreach (object? item in items)
            WriteFact(json, item);
        json.WriteEndArray();
    }
}
