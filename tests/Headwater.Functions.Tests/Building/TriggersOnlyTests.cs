using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Functions.Tests.Building;

/// <summary>The function app contains only triggers and their composition. The local host would lack any other logic in it.</summary>
public sealed partial class TriggersOnlyTests
{
    private static readonly string[] Folders = ["Http", "Queues", "Timers"];

    public static TheoryData<string> Triggers =>
        [
            .. Folders
                .SelectMany(f => Directory.EnumerateFiles(Repository.PathOf("functions", f), "*.cs"))
                .Select(f => Path.GetRelativePath(Repository.PathOf("functions"), f)),
        ];

    [Theory]
    [MemberData(nameof(Triggers))]
    public void No_trigger_decides_anything(string file) => Assert.DoesNotMatch(Deciding(), File.ReadAllText(Repository.PathOf("functions", file)));

    [Fact]
    public void A_function_is_one_statement_in_a_class_of_its_own()
    {
        foreach (AppFunction function in AppFunction.All)
        {
            Assert.Single(AppFunction.All, f => f.Method.DeclaringType == function.Method.DeclaringType);
            Assert.InRange(function.Method.GetMethodBody()!.GetILAsByteArray()!.Length, 1, 64);
        }
    }

    /// <summary>The code beside the triggers: settings, composition, telemetry and shutdown.</summary>
    [Fact]
    public void What_puts_them_together_stays_small()
    {
        int lines = Directory
            .EnumerateFiles(Repository.PathOf("functions", "Hosting"), "*.cs")
            .Append(Repository.PathOf("functions", "Program.cs"))
            .Sum(f => File.ReadLines(f).Count());

        Assert.InRange(lines, 1, 400);
    }

    [GeneratedRegex(@"\b(if|switch|for|foreach|while|catch|throw|new)\b\s*[\({]|\?\s")]
    private static partial Regex Deciding();
}
