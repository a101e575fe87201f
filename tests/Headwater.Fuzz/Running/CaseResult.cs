using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Running;

/// <summary>What a case did.</summary>
/// <param name="Case">The steps up to the violation, or all.</param>
/// <param name="Violation">The first broken promise; null if there is none.</param>
/// <param name="Accepted">The number of appends and messages whose events were stored.</param>
/// <param name="Answers">What was answered to each request: its method, its media type and the status with the code.</param>
internal sealed record CaseResult(FuzzCase Case, string? Violation, int Accepted, IReadOnlyList<string> Answers);
