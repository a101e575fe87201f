using System.Buffers;

namespace Headwater.Client;

/// <summary>Events of one partition that are sent in one request.</summary>
internal sealed class EventBatch
{
    private readonly ArrayBufferWriter<byte> _lines = new();

    private readonly List<(int Length, TaskCompletionSource<AppendedEvent> Result)> _events = [];

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The body of the request.</summary>
    public ReadOnlyMemory<byte> Lines => _lines.WrittenMemory;

    public int Count => _events.Count;

    public int Bytes => _lines.WrittenCount;

    /// <summary>Completes when every event has its result. Never fails.</summary>
    public Task Settled => _settled.Task;

    public void Add(ReadOnlySpan<byte> line, TaskCompletionSource<AppendedEvent> result)
    {
        _lines.Write(line);
        _events.Add((line.Length, result));
    }

    /// <summary>Gives every event its position.</summary>
    public void Complete(Func<int, AppendedEvent> place)
    {
        for (int i = 0; i < _events.Count; i++)
        {
            _events[i].Result.TrySetResult(place(i));
        }

        _settled.TrySetResult();
    }

    /// <summary>Fails every event.</summary>
    public void Fail(HeadwaterException failure)
    {
        foreach ((_, TaskCompletionSource<AppendedEvent> result) in _events)
        {
            Fail(result, failure);
        }

        _settled.TrySetResult();
    }

    /// <summary>Fails every event if the batch has no result, so that no defect can make a caller wait for ever.</summary>
    public void FailUnsettled()
    {
        if (!_settled.Task.IsCompleted)
        {
            Fail(new HeadwaterException(HeadwaterException.NoAnswer, "The request was not finished.") { Appended = Appended.Unknown });
        }
    }

    /// <summary>Fails the events that the service refused by their places in the request, and leaves the others to be sent again.</summary>
    public void Refuse(IReadOnlyDictionary<int, HeadwaterException> refused)
    {
        byte[] lines = _lines.WrittenSpan.ToArray();
        (int Length, TaskCompletionSource<AppendedEvent> Result)[] events = [.. _events];
        _lines.ResetWrittenCount();
        _events.Clear();
        int position = 0;
        for (int i = 0; i < events.Length; i++)
        {
            if (refused.TryGetValue(i, out HeadwaterException? failure))
            {
                Fail(events[i].Result, failure);
            }
            else
            {
                Add(lines.AsSpan(position, events[i].Length), events[i].Result);
            }

            position += events[i].Length;
        }
    }

    // A caller who reads the result of a flush does not read every event's.
    private static void Fail(TaskCompletionSource<AppendedEvent> result, HeadwaterException failure)
    {
        result.TrySetException(failure);
        _ = result.Task.Exception;
    }
}
