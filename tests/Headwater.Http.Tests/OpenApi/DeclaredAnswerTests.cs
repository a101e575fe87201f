using Xunit;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>The document declares no answer that never occurs. One test sends every request itself, so the order of tests does not matter.</summary>
public sealed class DeclaredAnswerTests
{
    private const string TakesNothing = "the route has no parameter or body, and ignores unknown parameters";
    private const string NeedsNoStorage = "the route answers without storage";

    /// <summary>Answers that the document declares for every route, but that these routes never give, each with the reason.</summary>
    private static readonly Dictionary<string, string> NeverGiven = new()
    {
        ["GET /health 400"] = TakesNothing,
        ["GET /health 503"] = NeedsNoStorage,
        ["GET /ready 400"] = TakesNothing,
        ["GET /openapi.json 400"] = TakesNothing,
        ["GET /openapi.json 503"] = NeedsNoStorage,
    };

    [Fact]
    public async Task Every_declared_answer_of_every_route_is_given_and_fits_the_document()
    {
        var answers = new DeclaredAnswers();
        await new ServedRequests(answers).SendAsync();
        await new ConflictingRequests(answers).SendAsync();
        await new RefusedRequests(answers).SendAsync();

        IReadOnlyList<string> missing = await answers.MissingAsync();

        string[] faults =
        [
            .. missing.Where(m => !IsNeverGiven(m)).Select(m => $"{m} is declared, but no request gets it."),
            .. NeverGiven.Where(n => !missing.Contains(n.Key)).Select(n => $"{n.Key} is given or not declared, but is listed as never given: {n.Value}."),
        ];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    private static bool IsNeverGiven(string answer) =>
        NeverGiven.Keys.Any(never => answer == never || answer.StartsWith(never + " ", StringComparison.Ordinal));
}
