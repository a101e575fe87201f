using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws the steps of a case, one after the other. What was answered decides what can follow: a file that was read is changed and posted.</summary>
internal sealed class CaseDraw
{
    private readonly Draw _draw;
    private readonly StreamDraw _streams;
    private readonly EventDraw _events;
    private readonly ContainerDraw _containers;
    private readonly CloudEventDraw _cloudEvents;
    private readonly ReadDraw _reads;
    private readonly GroupDraw _groups;
    private readonly MessageDraw _messages;
    private readonly List<DrawnStream> _existing = [];
    private DrawnStream? _asked;
    private int _left;
    private int _names;

    public CaseDraw(ulong seed)
    {
        _draw = new Draw(seed);
        _streams = new StreamDraw(_draw);
        _events = new EventDraw(_draw);
        _containers = new ContainerDraw(_draw, _events);
        _cloudEvents = new CloudEventDraw(_draw, _events);
        _reads = new ReadDraw(_draw);
        _groups = new GroupDraw(_draw);
        _messages = new MessageDraw(_draw, _events, _cloudEvents);
        _left = 8 + _draw.Below(24);
    }

    /// <summary>The next step; null at the end of the case.</summary>
    public FuzzStep? Next()
    {
        if (_left-- <= 0)
        {
            return null;
        }

        _asked = null;
        if (_existing.Count == 0 || (_existing.Count < 3 && _draw.OneIn(8)))
        {
            (_asked, FuzzStep created) = _streams.Create($"s{_names++}");
            return created;
        }

        FuzzStep step = Of(_draw.Pick(_existing.ToArray()));
        return step.Fault is null && _draw.OneIn(10) ? step with { Fault = _events.Fault() } : step;
    }

    /// <summary>Learns from the answer to the latest step.</summary>
    public void Learn(FuzzAnswer answer)
    {
        if (_asked is { } asked && answer.Status == 201)
        {
            _existing.Add(asked);
        }

        if (answer is { Status: 200, Step.Method: "GET", MediaType: "application/avro" }
            && _existing.FirstOrDefault(s => answer.Step.Path.StartsWith(s.Path + "/", StringComparison.Ordinal)) is { } read)
        {
            read.Container = answer.Body;
        }
    }

    private FuzzStep Of(DrawnStream stream)
    {
        switch (_draw.Below(20))
        {
            case < 5:
                return _events.Next(stream);
            case 5:
                return _events.Repeatable(stream);
            case < 9:
                return _events.Append(stream, _draw.Pick("application/avro", "avro/binary"), _containers.Next(stream));
            case < 12:
                return _cloudEvents.Next(stream);
            case < 14:
                return _reads.Next(stream);
            case 14:
                return ReadDraw.Container(stream);
            case 15:
                return _streams.Odd(stream);
            case 16:
                return _draw.OneIn(4) ? GroupDraw.StartProducer(stream) : _groups.Next(stream);
            case 17 when _draw.OneIn(4):
                _existing.Remove(stream);
                return _streams.Delete(stream);
            default:
                return _messages.Next(stream);
        }
    }
}
