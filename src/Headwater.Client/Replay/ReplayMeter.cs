using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Measures what the program has taken, and reports it at an interval.</summary>
internal sealed class ReplayMeter : IDisposable
{
    private readonly Lock _lock = new();

    private readonly Dictionary<PartitionId, Share> _shares = [];

    private readonly ReplayOptions _options;

    private readonly ReplayLog _log;

    private readonly string _stream;

    private readonly TimeProvider _time;

    private readonly long _began;

    private readonly ITimer _timer;

    private long _events;

    private bool _isComplete;

    public ReplayMeter(string stream, ReplayOptions options, ReplayLog log, TimeProvider time)
    {
        (_stream, _options, _log, _time) = (stream, options, log, time);
        _began = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Report(), null, options.ProgressInterval, options.ProgressInterval);
    }

    /// <summary>A partition's history is known, or has grown.</summary>
    /// <param name="positions">What the service says of the partition.</param>
    /// <param name="from">Where the replay begins, or has come to.</param>
    public void Expect(PartitionPositions positions, Offset from)
    {
        lock (_lock)
        {
            if (_shares.TryGetValue(positions.Partition, out Share? known))
            {
                known.Extend(positions);
            }
            else
            {
                _shares[positions.Partition] = new Share(positions, from);
            }
        }
    }

    /// <summary>The program has taken a batch.</summary>
    public void Take<T>(ReplayBatch<T> batch)
    {
        lock (_lock)
        {
            _events += batch.Events.Count;
            if (_shares.TryGetValue(batch.Partition, out Share? share))
            {
                share.Take(batch.Next, batch.StoredBytes);
            }
        }
    }

    /// <summary>The history is replayed.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Report();
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>How far the replay is.</summary>
    public ReplayProgress Now()
    {
        lock (_lock)
        {
            long total = _shares.Values.Sum(s => s.Total);
            double left = _isComplete ? 0 : _shares.Values.Sum(s => s.Left);
            double done = total - left;
            TimeSpan elapsed = _time.GetElapsedTime(_began);
            double seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
            return new ReplayProgress
            {
                Events = _events,
                Bytes = (long)done,
                TotalBytes = total,
                Percent = _isComplete ? 100 : total == 0 ? 0 : 100 * done / total,
                EventsPerSecond = _events / seconds,
                BytesPerSecond = done / seconds,
                Elapsed = elapsed,
                TimeLeft = _isComplete ? TimeSpan.Zero : done > 0 ? elapsed * (left / done) : null,
                IsComplete = _isComplete,
            };
        }
    }

    private void Report()
    {
        ReplayProgress now = Now();
        _log.Progress(_stream, now.Percent, now.Events, now.Bytes, now.EventsPerSecond, now.BytesPerSecond, now.TimeLeft);
        _options.Progress?.Report(now);
    }

    /// <summary>A partition's part of the history, in stored bytes. The bytes between two offsets are estimated: in proportion to the offsets.</summary>
    private sealed class Share
    {
        private readonly Offset _from;

        private Offset _end;

        private Offset _next;

        private double _taken;

        public Share(PartitionPositions positions, Offset from)
        {
            _from = from > positions.LogStart ? from : positions.LogStart;
            _next = _from;
            _end = positions.LogEnd;
            long offsets = positions.LogEnd - positions.LogStart;
            long wanted = _end > _from ? _end - _from : 0;
            Total = offsets == 0 ? 0 : (long)((double)positions.Bytes * wanted / offsets);
        }

        public long Total { get; private set; }

        public double Left => _next >= _end ? 0 : Math.Max(0, Total - _taken);

        /// <summary>More was appended; its size is taken to be that of the events before.</summary>
        public void Extend(PartitionPositions positions)
        {
            if (positions.LogEnd > _end)
            {
                double each = _end > _from ? (double)Total / (_end - _from) : 0;
                Total += (long)(each * (positions.LogEnd - _end));
                _end = positions.LogEnd;
            }
        }

        public void Take(Offset next, long bytes)
        {
            // Bytes of the API are not known.
            _taken += bytes > 0 ? bytes : _end > _next ? Math.Max(0, Total - _taken) * Math.Min(1, (double)(next - _next) / (_end - _next)) : 0;
            _next = next;
        }
    }
}
