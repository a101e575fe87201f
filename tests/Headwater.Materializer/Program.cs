using Headwater.Client;
using Headwater.Materializer;

// Arguments: address, events' stream, owners' stream, folder. Prints a line before it starts and one when it has caught up. Ends when standard input closes.
using var client = new HeadwaterClient(new Uri(args[0]));
Console.WriteLine("starting");
await using View<string, Balance> view = await Balances.StartAsync(client, args[1], args[2], Balances.InFolder(args[3]));
Console.WriteLine($"ready {view.Origin.Reason}");
while (await Console.In.ReadLineAsync() is not null)
{
}
