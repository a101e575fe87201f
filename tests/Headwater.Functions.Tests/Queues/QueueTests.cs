using Headwater.Functions.Hosting;
using Headwater.Log.Ports;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Headwater.Functions.Tests.Queues;

public sealed class QueueTests
{
    [Fact]
    public void The_triggers_are_on_the_queues_that_are_not_for_poison() => Assert.Equal(
        StorageNames.Queues.Where(q => !q.EndsWith(StorageNames.PoisonSuffix, StringComparison.Ordinal)).Order(),
        AppFunction.With<QueueTriggerAttribute>().Select(f => f.Trigger.QueueName).Order());

    [Fact]
    public void The_triggers_receive_from_the_account_of_the_log() =>
        Assert.All(AppFunction.With<QueueTriggerAttribute>(), f => Assert.Equal(AppSettings.Storage, f.Trigger.Connection));
}
