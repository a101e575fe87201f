using Headwater.Log.Ports;

namespace Headwater.Log.Maintenance;

/// <summary>The failures of one timer run: the first of each stream.</summary>
internal sealed class FailureList(FailureRows rows)
{
    private readonly List<MaintenanceFailure> _all = [];

    private bool _canRecord = true;

    public IReadOnlyList<MaintenanceFailure> All => _all;

    /// <summary>Adds failures that are recorded.</summary>
    public void AddReported(IReadOnlyList<MaintenanceFailure> failures) => _all.AddRange(failures);

    /// <summary>Adds and records a failure. Costs one write; none if the run could not record an earlier one, because each would wait for its timeout.</summary>
    public async Task AddAsync(MaintenanceFailure failure, CancellationToken cancellation)
    {
        if (_all.Exists(f => f.Stream == failure.Stream))
        {
            return;
        }

        _all.Add(failure);
        if (!_canRecord)
        {
            return;
        }

        try
        {
            await rows.RecordAsync(failure, cancellation);
        }
        catch (StorageException)
        {
            _canRecord = false; // The timer's log has the failure, and the next run records it.
        }
    }
}
