using Headwater.Simulation.History;

namespace Headwater.Simulation.Checking;

/// <summary>
/// Holds what clients were told against what is stored in the end. A log is its own witness: offsets give every stored event its place, so linearizability per partition comes down to comparing
/// each answer with the log as it was at some moment between question and answer.
/// </summary>
internal static class HistoryChecker
{
    public static IReadOnlyList<Violation> Check(OperationHistory history, StoredLog log)
    {
        var violations = new List<Violation>();
        var places = new EventPlaces(log, violations);
        new LogChecks(log, violations).Check();
        new AppendChecks(history, log, places, violations).Check();
        new RefusalChecks(history, log, violations).Check();
        new ReadChecks(history, log, violations).Check();
        new ViewChecks(history, log, violations).Check();
        return violations;
    }
}
