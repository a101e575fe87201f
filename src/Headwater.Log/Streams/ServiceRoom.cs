using Headwater.Contracts.Errors;
using Headwater.Log.Model;

namespace Headwater.Log.Streams;

/// <summary>
/// Refuses new streams beyond the limits of the service. Streams are counted at most once a minute and process, so several processes that create streams at
/// once may exceed a limit by what they create within a minute. Existing streams are never refused. Thread-safe.
/// </summary>
internal sealed class ServiceRoom(StreamNames names, LogOptions options, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private Counted? _counted;

    /// <summary>Costs one query per 1,000 streams, at most once a minute.</summary>
    /// <exception cref="HeadwaterException">ServiceFull.</exception>
    public async Task RequireAsync(int partitions, CancellationToken cancellation)
    {
        Counted now = Fresh() ?? await CountAsync(cancellation);
        if (now.Streams >= options.MostStreams)
        {
            throw Full($"The service has {now.Streams:N0} streams, and at most {options.MostStreams:N0} are allowed.");
        }

        if (now.Partitions + partitions > options.MostPartitions)
        {
            throw Full(
                $"The service has {now.Partitions:N0} partitions; with {partitions:N0} more it would exceed the {options.MostPartitions:N0} that are allowed.");
        }
    }

    /// <summary>Counts a stream that this process has created.</summary>
    public void Created(int partitions)
    {
        lock (_gate)
        {
            _counted = _counted is { } counted ? counted with { Streams = counted.Streams + 1, Partitions = counted.Partitions + partitions } : null;
        }
    }

    private Counted? Fresh()
    {
        lock (_gate)
        {
            return _counted is { } counted && time.GetElapsedTime(counted.At) < Age ? counted : null;
        }
    }

    private async Task<Counted> CountAsync(CancellationToken cancellation)
    {
        long at = time.GetTimestamp();
        (int streams, long partitions) = await names.CountAsync(cancellation);
        Counted counted = new(streams, partitions, at);
        lock (_gate)
        {
            _counted = counted;
        }

        return counted;
    }

    private static HeadwaterException Full(string fact) =>
        new(ErrorCode.ServiceFull, $"{fact} Delete streams that are not needed, or let the operator raise the limit.");

    private sealed record Counted(int Streams, long Partitions, long At);
}
