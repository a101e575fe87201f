using System.Globalization;
using Azure.Core.Pipeline;
using Headwater.FaultyHost;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Storage.Azure.Connecting;

// Arguments: connection string, seed (0: no faults). Prints the host's address. Exits when standard input closes, which it also does if the parent is
// killed.
int seed = int.Parse(args[1], CultureInfo.InvariantCulture);
HttpPipelinePolicy[] faults = seed == 0 ? [] : [new RandomFaults(seed)];
var storage = new AzureStorageOptions
{
    ConnectionString = args[0],
    CallTimeout = TimeSpan.FromSeconds(5),
    Pipelines = new AzurePipelines { Blobs = faults, Tables = faults },
};

// Small segments and checkpoints make rolls and cold opens frequent.
var options = new LogOptions
{
    SegmentBytes = 256 << 10,
    SegmentAppends = 300,
    CheckpointBytes = 64 << 10,
    CheckpointAppends = 50,
    AppendPatience = TimeSpan.FromSeconds(20),
};
await using LocalServer server = await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), storage, options, CancellationToken.None);
Console.WriteLine(server.Address);
while (await Console.In.ReadLineAsync() is not null)
{
}
