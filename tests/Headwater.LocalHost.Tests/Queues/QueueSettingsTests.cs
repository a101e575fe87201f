using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Queues;

namespace Headwater.LocalHost.Tests.Queues;

public sealed class QueueSettingsTests
{
    private const string Good =
        """{"extensions":{"queues":{"batchSize":16,"newBatchThreshold":8,"""
        + """ "maxPollingInterval":"00:00:02","visibilityTimeout":"00:00:10","maxDequeueCount":5}}}""";

    [Fact]
    public void The_settings_are_those_of_host_json() => Assert.Equal(
        new QueueSettings
        {
            BatchSize = 16,
            NewBatchThreshold = 8,
            MaxPollingInterval = TimeSpan.FromSeconds(2),
            VisibilityTimeout = TimeSpan.FromSeconds(10),
            MaxDequeueCount = 5,
        },
        QueueSettings.Read(Good));

    [Fact]
    public void The_one_at_the_repositorys_root_is_beside_the_program() => Assert.Equal(QueueSettings.Read(Good), QueueSettings.Load());

    [Theory]
    [InlineData("\"batchSize\":16", "\"batchSize\":33")]
    [InlineData("\"batchSize\":16", "\"batchSize\":\"16\"")]
    [InlineData("\"batchSize\":16,", "")]
    [InlineData("00:00:10", "ten seconds")]
    [InlineData("00:00:10", "00:00:00")]
    [InlineData("\"maxDequeueCount\":5", "\"maxDequeueCount\":0")]
    [InlineData("\"queues\"", "\"other\"")]
    [InlineData("{\"ext", "ext")]
    public void Settings_that_make_no_sense_are_refused(string good, string bad) =>
        Assert.Throws<HostException>(() => QueueSettings.Read(Good.Replace(good, bad, StringComparison.Ordinal)));
}
