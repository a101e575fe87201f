using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>Shows progress as a bar on a terminal, or as one line in a file.</summary>
internal static class ProgressBar
{
    public static async Task<T> RunAsync<T>(IAnsiConsole console, string title, int total, Func<Action<int>, Task<T>> work)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Ansi)
        {
            T result = await work(_ => { });
            console.WriteLine($"{title}: {total:N0} events");
            return result;
        }

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(title, maxValue: total);
                return await work(done => task.Increment(done));
            });
    }
}
