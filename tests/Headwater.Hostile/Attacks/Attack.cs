using System.Collections.Concurrent;

namespace Headwater.Hostile.Attacks;

/// <summary>Requests that cost the host much and the attacker little, sent as often as the host answers them.</summary>
/// <param name="Name">Names the attack on the command line and in the table.</param>
/// <param name="Parallel">How many requests run at a time.</param>
/// <param name="Prepare">Creates what the attack needs. Not part of a window.</param>
/// <param name="Request">Sends one request and returns a short word for its answer.</param>
internal sealed record Attack(string Name, int Parallel, Func<Task> Prepare, Func<CancellationToken, Task<string>> Request)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Restores before each pair of windows what the attack uses up.</summary>
    public Func<Task> Arm { get; init; } = () => Task.CompletedTask;

    public Task PrepareAsync() => Prepare();

    /// <summary>Attacks until it is cancelled.</summary>
    /// <returns>How many requests were answered in which way.</returns>
    public async Task<IReadOnlyDictionary<string, int>> RunAsync(CancellationToken over)
    {
        var answers = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    string answer = await AnswerAsync(over);
                    answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
                    await Task.Delay(Pause, CancellationToken.None);
                }
            },
            CancellationToken.None)));
        return answers;
    }

    private async Task<string> AnswerAsync(CancellationToken over)
    {
        try
        {
            return await Request(over);
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return "cut";
        }
    }
}
