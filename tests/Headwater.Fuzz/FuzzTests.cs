using System.Text.Json;
using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Running;
using Xunit;

namespace Headwater.Fuzz;

/// <summary>Cases that once broke a promise, the first seeds, and that a seed alone decides its case.</summary>
public sealed class FuzzTests
{
    private const ulong FirstSeeds = 100;

    public static TheoryData<string> KeptCases => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f)).Order()];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Kept");

    [Theory]
    [MemberData(nameof(KeptCases))]
    public void A_case_that_once_failed_breaks_no_promise(string file) => Assert.Null(CaseRun.Of(FuzzCase.Read(Path.Combine(Folder, file))).Violation);

    [Fact]
    public void The_first_seeds_break_no_promise()
    {
        for (ulong seed = 1; seed <= FirstSeeds; seed++)
        {
            CaseResult result = CaseRun.Of(seed);
            Assert.True(result.Violation is null, $"seed {seed}: {result.Violation}");
        }
    }

    [Fact]
    public void A_seed_decides_its_case() => Assert.Equal(JsonSerializer.Serialize(CaseRun.Of(7).Case), JsonSerializer.Serialize(CaseRun.Of(7).Case));
}
