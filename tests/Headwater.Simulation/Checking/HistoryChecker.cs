using Headwater.Simulation.History;

namespace Headwater.Simulation.Checking;

/// <summary>
/// Compares the answers that clients received with the log that is stored at the end. Offsets order the stored events, so checking linearizability per
/// partition means comparing
/// each answer with the log at some moment between request and answer.
/// </summary>
internal static class HistoryChecker
{
    public static IReadOnlyList<Violation> Check(OperationHistory history, StoredLog log)
    {
        var violations = new List<Violation>();
        var places = new EventPlaces(log, history, violations);
        new LogChecks(log, violations).Check();
        new AppendChecks(history, log, places, violations).Check();
        new RefusalChecks(history, log, violations).Check();
        new ReadChecks(history, log, violations).Check();
        new ViewChecks(history, log, violations).Check();
        return violations;
    }
}
