using Headwater.Core.Positions;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>What a replay logs.</summary>
internal sealed partial class ReplayLog(ILogger logger)
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Replay of {Stream}: {Percent:0.0} %, {Events} events, {Bytes} bytes, {EventsPerSecond:0} events/s, {BytesPerSecond:0} bytes/s, "
            + "{TimeLeft} left")]
    public partial void Progress(
        string stream, double percent, long events, long bytes, double eventsPerSecond, double bytesPerSecond, TimeSpan? timeLeft);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Replay of {Stream}: segment files cannot be read, so the rest is read through the API, which is slower: {Reason}")]
    public partial void Refused(string stream, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replay of {Stream}: retention deleted the offsets {From} to {To} of partition {Partition}")]
    public partial void Lost(string stream, PartitionId partition, Offset from, Offset to);
}
