using System.Runtime.CompilerServices;
using Headwater.AheadOfTime;
using Headwater.Client;

// Arguments: the service's address, and the name of a stream that does not exist. Prints what each way of reading gives.
using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = new Uri(args[0]) });
EventStream<Sale> sales = client.Stream(args[1], SaleJson.Default.Sale);
await sales.EnsureAsync(new StreamSettings { Partitions = 2 });
await sales.AppendAsync([New(0), New(1), New(2)]);
await using (Producer<Sale> producer = await sales.StartProducerAsync())
{
    await Task.WhenAll(Enumerable.Range(3, 97).Select(i => producer.AppendAsync(New(i))));
}

int read = 0;
await foreach (ReceivedEvent<Sale> sale in sales.ReadAsync())
{
    read += sale.Value!.Cents;
}

int replayed = 0;
await foreach (ReplayBatch<Sale> batch in sales.ReplayAsync())
{
    replayed += batch.Events.Sum(e => e.Value!.Cents);
}

using var stop = new CancellationTokenSource();
int consumed = 0;
int events = 0;
await sales.NewConsumer(new ConsumerOptions { Group = "g", MaxParallelPartitions = 1 }).RunAsync(
    (sale, _) =>
    {
        consumed += sale.Value!.Cents;
        return ++events == 100 ? new ValueTask(stop.CancelAsync()) : default;
    },
    stop.Token);

await using View<string, Sale> view = await sales.Latest().StartAsync(new ViewOptions { Name = "latest", Version = 1 });
Console.WriteLine(
    $"code at run time {RuntimeFeature.IsDynamicCodeSupported}, read {read}, replayed {replayed}, consumed {consumed}, key k7 {view.Get("k7")?.Cents}");

static NewEvent<Sale> New(int number) => new($"k{number % 10}", new Sale("Albuquerque", number, ["tea", $"n{number}"], number % 2 == 0 ? null : 0.5));
