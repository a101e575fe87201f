using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Headwater.Log.Telemetry;

namespace Headwater.Log.Budgets;

/// <summary>The use of each memory budget and its limit, under the meter <c>Headwater.Log</c>. Tagged with the budget's name.</summary>
internal static class BudgetTelemetry
{
    private static readonly Meter Meter = new("Headwater.Log");

    private static readonly ConcurrentDictionary<string, LiveObjects<MemoryBudget>> Budgets = new(StringComparer.Ordinal);

    static BudgetTelemetry()
    {
        Meter.CreateObservableUpDownCounter("headwater.budget.usage", () => Observe(b => b.Taken), "By", "Bytes that active requests hold, by budget.");
        Meter.CreateObservableUpDownCounter(
            "headwater.budget.limit", () => Observe(b => b.Limit), "By", "Bytes beyond which requests are refused with 429, by budget.");
    }

    /// <summary>Reports on a budget as long as it is used. Budgets of the same name are added.</summary>
    public static void Watch(string name, MemoryBudget budget) => Budgets.GetOrAdd(name, _ => new LiveObjects<MemoryBudget>()).Add(budget);

    private static IEnumerable<Measurement<long>> Observe(Func<MemoryBudget, long> value) =>
        Budgets.Select(b => new Measurement<long>(b.Value.All().Sum(value), new KeyValuePair<string, object?>("budget", b.Key)));
}
