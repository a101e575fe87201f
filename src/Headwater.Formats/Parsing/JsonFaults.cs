using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Log.Model;

namespace Headwater.Formats.Parsing;

/// <summary>Finds which event a body of JSON breaks in. Runs only after the parser has refused the body.</summary>
public static class JsonFaults
{
    /// <param name="body">What the parser was given.</param>
    /// <param name="exception">What it said.</param>
    /// <param name="index">Of the event, if the whole body is one.</param>
    public static HeadwaterException Malformed(ReadOnlySpan<byte> body, JsonException exception, int? index = null)
    {
        string what = Message(exception);
        string pointer = "";
        if (index is null)
        {
            Locate(body, out index, out pointer);
        }

        string place = index is { } i ? $" in event {i}" : "";
        string at = $"line {(exception.LineNumber ?? 0) + 1}, byte {(exception.BytePositionInLine ?? 0) + 1}";
        return new HeadwaterException(ErrorCode.MalformedBody, $"The body is not JSON: {what} ({at}{place}). Nothing was stored.", exception)
        {
            Facts = index is { } known ? new EventFaultsFacts([new EventFault(known, pointer, what)]) : new BodyFaultsFacts([new BodyFault("", what)]),
        };
    }

    // The parser's message ends with a position, which is reported separately.
    private static string Message(JsonException exception)
    {
        int end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }

    /// <summary>Reads up to the fault, counting items of the array the events are in: the body itself, or the one in its member <c>events</c>.</summary>
    private static void Locate(ReadOnlySpan<byte> body, out int? index, out string pointer)
    {
        var reader = new Utf8JsonReader(body, JsonBodies.ReaderOptions);
        var path = new JsonPath();
        try
        {
            while (reader.Read())
            {
                path.Step(ref reader);
            }
        }
        catch (JsonException)
        {
            // The same fault as the parser found; the path now points to it.
        }
        catch (InvalidOperationException)
        {
            // A name with a lone surrogate cannot be written, so the path ends before it.
        }

        path.Locate(out index, out pointer);
    }
}

/// <summary>The position of a reader as names and indexes.</summary>
public sealed class JsonPath
{
    private readonly List<(string? Name, int Index, bool IsArray)> _levels = [];

    /// <summary>Follows the reader by one token.</summary>
    public void Step(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _levels[^1] = (reader.ValueSpan.Length <= Limits.FaultCharacters ? reader.GetString() : "…", 0, false);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                _levels.Add((null, 0, reader.TokenType == JsonTokenType.StartArray));
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _levels.RemoveAt(_levels.Count - 1);
                Next();
                break;
            default:
                Next();
                break;
        }
    }

    /// <summary>The event and the JSON pointer of the current position.</summary>
    public void Locate(out int? index, out string pointer)
    {
        int events = _levels.Count > 0 && _levels[0].IsArray ? 0 : _levels.Count > 1 && _levels[0].Name == "events" && _levels[1].IsArray ? 1 : -1;
        index = events < 0 ? null : _levels[events].Index;
        var text = new StringBuilder();
        foreach ((string? name, int item, bool isArray) in _levels.Skip(events + 1))
        {
            if (isArray || name is not null)
            {
                text.Append('/').Append(isArray ? item : JsonPointer.Escape(name!));
            }
        }

        pointer = text.ToString();
    }

    private void Next()
    {
        if (_levels.Count > 0 && _levels[^1].IsArray)
        {
            _levels[^1] = _levels[^1] with { Index = _levels[^1].Index + 1 };
        }
    }
}
