using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;

namespace Headwater.Formats.Incoming;

/// <summary>
/// A request's events as one JSON array, independent of the request's format: <c>{"key"?,"headers"?,"time"?,"value"}</c>, or <c>base64</c> instead of a value
/// that is not JSON.
/// </summary>
public sealed class EventCopy : IDisposable
{
    private readonly PooledBuffer _buffer;
    private readonly Utf8JsonWriter _json;
    private readonly ValueSchema _schema;
    private readonly BodyBudget _budget;

    /// <summary>Starts an empty array.</summary>
    /// <param name="schema">The stream's schema.</param>
    /// <param name="budget">Charged for the array until this is disposed.</param>
    public EventCopy(ValueSchema schema, BodyBudget budget)
    {
        _schema = schema;
        _budget = budget;
        _buffer = new PooledBuffer(budget: budget);
        _json = new Utf8JsonWriter(_buffer, WireJson.WriterOptions);
        _json.WriteStartArray();
    }

    /// <summary>Adds an event with a JSON value.</summary>
    public void Add(in EventAttributes attributes, JsonElement value)
    {
        Begin(attributes);
        _json.WritePropertyName("value");
        value.WriteTo(_json);
        End();
    }

    /// <summary>Adds an event with a binary value.</summary>
    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        Begin(attributes);
        _json.WriteBase64String("base64", value);
        End();
    }

    /// <param name="attributes">Beside the value.</param>
    /// <param name="unionValue">Branch index and value, already walked by the schema.</param>
    /// <param name="isJson">Whether the file marks the value as JSON.</param>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue, bool isJson)
    {
        var reader = new AvroReader(unionValue);
        if (_schema.Verbatim is null)
        {
            ReadOnlySpan<byte> bytes = _schema.ReadBytes(ref reader, out bool isNull);
            AddSchemaless(attributes, bytes, isNull, isJson);
            return;
        }

        using MemoryCharge gathered = _budget.Charge(_schema.GatheredBytes(unionValue));
        Begin(attributes);
        _json.WritePropertyName("value");
        _schema.WriteJson(ref reader, _json);
        End();
    }

    /// <summary>The whole array; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        _json.WriteEndArray();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private void AddSchemaless(in EventAttributes attributes, ReadOnlySpan<byte> bytes, bool isNull, bool isJson)
    {
        if (!isNull && !(isJson && JsonBodies.IsJson(bytes)))
        {
            AddBytes(attributes, bytes);
            return;
        }

        Begin(attributes);
        _json.WritePropertyName("value");
        if (isNull)
        {
            _json.WriteNullValue();
        }
        else
        {
            _json.WriteRawValue(bytes, skipInputValidation: true);
        }

        End();
    }

    private void Begin(in EventAttributes attributes)
    {
        _json.WriteStartObject();
        if (attributes.Key is { } key)
        {
            _json.WriteString("key", key);
        }

        if (attributes.Headers.Count > 0)
        {
            _json.WriteStartObject("headers");
            foreach ((string name, string value) in attributes.Headers)
            {
                _json.WriteString(name, value);
            }

            _json.WriteEndObject();
        }

        if (attributes.Time is { } time)
        {
            _json.WriteNumber("time", time.Value);
        }
    }

    private void End()
    {
        _json.WriteEndObject();
        if (_json.BytesPending + _json.BytesCommitted > Limits.BodyBytes)
        {
            throw new HeadwaterException(
                ErrorCode.BodyTooLarge,
                $"The batch exceeds the limit of {Limits.BodyBytes:N0} bytes as JSON for asynchronous appends; split the request.");
        }
    }
}
