using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Instances;

namespace Headwater.Simulation.Workload;

/// <summary>Creates and deletes streams, and retries until the operation succeeds.</summary>
internal static class StreamAdministration
{
    private const int Tries = 200;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task CreateAsync(Client client, StreamName stream, Func<SimulatedInstance> instance)
    {
        await RepeatAsync(client, $"create {stream}", async () =>
        {
            await client.Context.Fleet.CallAsync(
                instance(), (log, cancellation) => log.Streams.CreateAsync(stream, client.Context.Settings, cancellation), Patience);
            return true;
        });
    }

    public static async Task DeleteAsync(Client client, StreamName stream)
    {
        await RepeatAsync(client, $"delete {stream}", async () =>
        {
            string? streamId = client.Context.Fleet.Service.Watch.IdOf(stream);
            await client.Context.Fleet.CallAsync(
                client.AnyInstance(),
                async (log, cancellation) =>
                {
                    await log.Streams.DeleteAsync(stream, cancellation);
                    return true;
                },
                Patience);
            client.Context.Fleet.Service.Watch.Close(streamId);
            return true;
        });
    }

    private static async Task RepeatAsync(Client client, string what, Func<Task<bool>> work)
    {
        for (int i = 0; i < Tries; i++)
        {
            try
            {
                client.Context.Begin();
                client.Write($"wants to {what}");
                await work();
                client.Write($"could {what}");
                return;
            }
            catch (Exception problem)
            {
                ErrorCode? code = Answers.Read(problem, out _, out _);
                client.Write($"could not {what}: {problem.Message}");
                if (code == ErrorCode.StreamNotFound)
                {
                    return; // An earlier attempt deleted the stream, and its answer was lost.
                }
            }

            await client.Context.PauseAsync(BetweenTries);
        }

        throw new ViolationException(ViolationKind.Stuck, $"{client.Name} could not {what} in {Tries} tries.");
    }
}
