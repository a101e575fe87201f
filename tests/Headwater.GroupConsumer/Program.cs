using Headwater.GroupConsumer;

// Arguments: addresses (comma-separated), stream, group. Prints a line for each step. Runs until it is killed or standard input closes.
var consumer = new Consumer([.. args[0].Split(',').Select(a => new Uri(a))], $"/streams/{args[1]}", $"/streams/{args[1]}/groups/{args[2]}");
using var stop = new CancellationTokenSource();
Task running = consumer.RunAsync(stop.Token);
Task<string?> input = Console.In.ReadLineAsync();
await Task.WhenAny(running, input);
await stop.CancelAsync();
await running;
