namespace Headwater.Log.Telemetry;

/// <summary>
/// The objects that an observable instrument reports on. Instruments are static and last as long as the process; the objects are held weakly, so that
/// instruments keep no log in memory. Thread-safe.
/// </summary>
internal sealed class LiveObjects<T>
    where T : class
{
    private readonly Lock _gate = new();

    private readonly List<WeakReference<T>> _objects = [];

    private int _pruneAt = 64;

    public void Add(T one)
    {
        lock (_gate)
        {
            if (_objects.Count >= _pruneAt)
            {
                _objects.RemoveAll(o => !o.TryGetTarget(out _));
                _pruneAt = Math.Max(64, 2 * _objects.Count);
            }

            _objects.Add(new WeakReference<T>(one));
        }
    }

    public IReadOnlyList<T> All()
    {
        lock (_gate)
        {
            return [.. _objects.Select(o => o.TryGetTarget(out T? one) ? one : null).OfType<T>()];
        }
    }
}
