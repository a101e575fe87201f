using System.Diagnostics.CodeAnalysis;

namespace Headwater.Client;

/// <summary>Processes the events of partitions, one after the other within each.</summary>
/// <param name="scope">The stream.</param>
/// <param name="streamId">Its id.</param>
/// <param name="assignment">The partitions.</param>
/// <param name="options">The consumer's options.</param>
/// <param name="isFenced">Whether the member's session is over, so that another member may have the partitions.</param>
/// <param name="process">The program's own work.</param>
internal sealed class PartitionWorker<T>(
    StreamScope<T> scope,
    string streamId,
    Assignment assignment,
    ConsumerOptions options,
    Func<bool> isFenced,
    Func<ReceivedEvent<T>, CancellationToken, ValueTask> process) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.MaxParallelPartitions);

    public void Dispose() => _turns.Dispose();

    /// <summary>Processes events until the partition is released or dropped.</summary>
    /// <exception cref="Exception">What an event failed with, if the policy is to stop.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a cancelled event ends with concerns nobody.")]
    public async Task RunAsync(AssignedPartition partition, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(partition.Dropped, stop);
        try
        {
            await foreach ((int version, ReceivedEvent<ReadOnlyMemory<byte>> raw) in partition.Buffer.ReadAllAsync(ended.Token))
            {
                if (version != partition.Version)
                {
                    assignment.Taken(partition, version, raw.Value.Length, null);
                    continue;
                }

                await _turns.WaitAsync(ended.Token);
                try
                {
                    // Looked at after the wait, which may be long.
                    if (IsOver(partition))
                    {
                        return;
                    }

                    if (version != partition.Version)
                    {
                        assignment.Taken(partition, version, raw.Value.Length, null);
                        continue;
                    }

                    await ProcessAsync(raw, ended.Token);
                }
                finally
                {
                    _turns.Release();
                }

                assignment.Taken(partition, version, raw.Value.Length, raw.Offset.Next);
            }
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // The event that was being processed is not committed; the partition's next holder gets it again. How the program's work answers its cancellation
            // does not matter.
        }
    }

    /// <summary>A partition of a session that is over is dropped: if a heartbeat renews the session, the partition begins again.</summary>
    private bool IsOver(AssignedPartition partition)
    {
        if (isFenced())
        {
            partition.Drop();
            assignment.Remove(partition);
            return true;
        }

        return partition.IsReleasing;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The program's policy decides about whatever its work throws.")]
    private async Task ProcessAsync(ReceivedEvent<ReadOnlyMemory<byte>> raw, CancellationToken cancellation)
    {
        using Operation processing = ClientTelemetry.Process(
            scope.Stream, raw.Partition.Value, raw.Headers.GetValueOrDefault(ClientTelemetry.TraceHeader), scope.Api.Time);
        try
        {
            await process(EventLines.Decode(raw, scope.Values), cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            processing.Failed(error is HeadwaterException problem ? problem.Code : error.GetType().Name);
            if (!await options.Poison.DecideAsync(new PoisonEvent(raw, error), new PoisonSource(streamId, options.Group), cancellation))
            {
                throw;
            }
        }
    }
}
