using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;
using Headwater.Log.Model;

namespace Headwater.Formats.Containers;

/// <summary>Reads the records of a container's blocks by its layout and adds each as an event.</summary>
public sealed class ContainerRecordReader(ContainerLayout layout, IncomingEvents into) : IDisposable
{
    private const int MinHeaderBytes = 2;
    private const int OptionalBranches = 2;
    private const int FixedBytes = 16;
    private const int CrcBytes = 4;

    private readonly List<KeyValuePair<string, string>> _headers = [];
    private readonly PooledBuffer _value = new(budget: into.Budget);
    private string? _key;
    private UnixMicros? _time;
    private bool _isJson;
    private (string Pointer, string Message)? _fault;

    /// <param name="reader">At a record's first byte; at the byte after it when done.</param>
    /// <param name="data">What the reader reads.</param>
    /// <exception cref="AvroFormatException">The bytes are not a record of the writer's schema.</exception>
    public void Read(ref AvroReader reader, ReadOnlySpan<byte> data)
    {
        _headers.Clear();
        _value.Truncate(0);
        _key = null;
        _time = null;
        _isJson = false;
        _fault = null;
        foreach (ContainerField field in layout.Fields)
        {
            ReadField(ref reader, data, field);
        }

        if (_fault is { } fault)
        {
            into.AddFault(fault.Pointer, fault.Message);
        }
        else
        {
            into.AddAvro(new EventAttributes(_key, _headers, _time), _value.Written, _isJson);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _value.Dispose();

    private void ReadField(ref AvroReader reader, ReadOnlySpan<byte> data, ContainerField field)
    {
        if (field.NullBranch >= 0 && reader.ReadUnionIndex(OptionalBranches) == field.NullBranch)
        {
            return;
        }

        switch (field.Role)
        {
            case FieldRole.Key: ReadKey(reader.ReadUtf8()); break;
            case FieldRole.Headers: ReadHeaders(ref reader); break;
            case FieldRole.Time: ReadTime(ref reader, field.MicrosPerUnit); break;
            case FieldRole.Value: into.Schema.CopyValue(ref reader, _value); break;
            case FieldRole.StoredValue: CopyStored(ref reader, data); break;
            case FieldRole.Position: reader.SkipLong(); break;
            case FieldRole.Batch: SkipBatch(ref reader); break;
        }
    }

    // A text over its limit is never made a string.
    private void ReadKey(ReadOnlySpan<byte> key)
    {
        if (key.Length > Limits.KeyBytes)
        {
            _fault = ("/key", $"the key is over {Limits.KeyBytes} bytes of UTF-8");
        }
        else
        {
            _key = Encoding.UTF8.GetString(key);
        }
    }

    private void ReadHeaders(ref AvroReader reader)
    {
        while (true)
        {
            AvroBlock block = reader.ReadBlock(MinHeaderBytes);
            if (block.Count == 0)
            {
                return;
            }

            for (int i = 0; i < block.Count; i++)
            {
                AddHeader(reader.ReadUtf8(), reader.ReadUtf8());
            }

            reader.EndBlock(block);
        }
    }

    private void AddHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // The log's own segments carry the mark among the headers.
        if (JsonMark.Is(name))
        {
            _isJson = true;
            return;
        }

        // One event above the limit is enough to report the limit.
        if (_headers.Count > Limits.HeadersPerEvent)
        {
            return;
        }

        if (name.Length + value.Length > Limits.HeaderBytes)
        {
            _fault = ("/headers", $"the headers are over {Limits.HeaderBytes} bytes of UTF-8");
            return;
        }

        string text = Encoding.UTF8.GetString(name);
        if (_headers.Exists(h => h.Key == text))
        {
            _fault = ($"/headers/{JsonPointer.Escape(text)}", "the header appears twice.");
        }
        else
        {
            _headers.Add(new KeyValuePair<string, string>(text, Encoding.UTF8.GetString(value)));
        }
    }

    private void ReadTime(ref AvroReader reader, int microsPerUnit)
    {
        Int128 micros = (Int128)reader.ReadLong() * microsPerUnit;
        if (micros >= UnixMicros.MinValue.Value && micros <= UnixMicros.MaxValue.Value)
        {
            _time = new UnixMicros((long)micros);
        }
        else
        {
            _fault = ("/time", "a time lies within the years 1 to 9999.");
        }
    }

    private void CopyStored(ref AvroReader reader, ReadOnlySpan<byte> data)
    {
        int start = reader.Consumed;
        into.Schema.SkipInput(ref reader);
        _value.Write(data[start..reader.Consumed]);
    }

    // The storage format freezes the batch record, so its fields need not be looked up in the schema.
    private static void SkipBatch(ref AvroReader reader)
    {
        if (reader.ReadUnionIndex(OptionalBranches) == 0)
        {
            return;
        }

        reader.Skip(FixedBytes);
        for (int i = 0; i < 2; i++)
        {
            if (reader.ReadUnionIndex(OptionalBranches) == 1)
            {
                reader.Skip(FixedBytes);
            }
        }

        if (reader.ReadUnionIndex(OptionalBranches) == 1)
        {
            reader.SkipBytes();
        }

        reader.SkipLong();
        reader.SkipLong();
        reader.SkipLong();
        reader.Skip(CrcBytes);
    }
}
