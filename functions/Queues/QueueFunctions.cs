using Azure.Storage.Queues.Models;
using Headwater.Functions.Hosting;
using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Queues;

/// <summary>Handles asynchronous appends.</summary>
public sealed class AppendsQueue(QueuedAppends appends)
{
    [Function(nameof(AppendsQueue))]
    public Task Run([QueueTrigger(StorageNames.AppendsQueue, Connection = AppSettings.Storage)] QueueMessage message, CancellationToken cancellation) =>
        appends.HandleAsync(StorageNames.AppendsQueue, message, cancellation);
}

/// <summary>Handles events from other services.</summary>
public sealed class InboxQueue(QueuedAppends appends)
{
    [Function(nameof(InboxQueue))]
    public Task Run([QueueTrigger(StorageNames.InboxQueue, Connection = AppSettings.Storage)] QueueMessage message, CancellationToken cancellation) =>
        appends.HandleAsync(StorageNames.InboxQueue, message, cancellation);
}
