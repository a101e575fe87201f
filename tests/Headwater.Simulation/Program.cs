namespace Headwater.Simulation;

/// <summary>
/// Starts the simulation runner if the first argument is <c>--seed</c>, <c>--seeds</c>, <c>--groups</c> or <c>--mutations</c>; otherwise runs the tests.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is [] or [not ("--seed" or "--seeds" or "--groups" or "--mutations"), ..]
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : Runs.Runner.Run(args);
}
