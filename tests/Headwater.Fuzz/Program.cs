using Headwater.Fuzz.Running;

namespace Headwater.Fuzz;

/// <summary>Starts the fuzzer if the first argument is one of its options; otherwise runs the tests.</summary>
internal static class Program
{
    private static readonly string[] Options = ["--seconds", "--start", "--threads", "--keep", "--seed", "--file", "--answers", "--help"];

    public static async Task<int> Main(string[] args) =>
        args is [] || !Options.Contains(args[0])
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : Runner.Run(args);
}
