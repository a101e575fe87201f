using Headwater.Log.Ports;

namespace Headwater.Infrastructure.Tests;

/// <summary>
/// The templates create exactly the containers, tables and queues that the code opens. The app's identity may not create any, so a missing one is an
/// outage.
/// </summary>
public sealed class StoredNamesTests(Templates templates)
{
    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_table_that_the_code_names_is_created(string environment) =>
        Assert.Equal(StorageNames.Tables.Order(), OfLog(environment, "tableServices/tables"));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_queue_that_the_code_names_is_created(string environment) =>
        Assert.Equal(StorageNames.Queues.Order(), OfLog(environment, "queueServices/queues"));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_container_that_the_code_names_is_created(string environment) =>
        Assert.Equal([StorageNames.Container], OfLog(environment, "blobServices/containers"));

    private IEnumerable<string> OfLog(string environment, string kind) =>
        templates.Resources(environment)
            .Where(r => r.Type == "Microsoft.Storage/storageAccounts/" + kind && r.Name.StartsWith("sthwlog", StringComparison.Ordinal))
            .Select(r => r.LastName)
            .Order();
}
