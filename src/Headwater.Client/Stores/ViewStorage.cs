namespace Headwater.Client;

/// <summary>
/// Where a view's rows are. A view that is rebuilt has two generations: one serves while the next is built. One process uses a storage at a time.
/// </summary>
public abstract class ViewStorage
{
    /// <summary>A new storage in memory. Its rows end with the process; snapshots keep them.</summary>
    public static ViewStorage InMemory() => new MemoryStorage();

    /// <summary>Whether a generation that serves is there after a restart, so that snapshots would be of no use.</summary>
    public abstract bool IsDurable { get; }

    /// <summary>Opens the generation that serves; if none does, the one that an earlier process began to build.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="InvalidDataException">What is stored is damaged, and deleted.</exception>
    /// <exception cref="InvalidOperationException">Another view uses the storage.</exception>
    public abstract ViewGeneration? OpenServing();

    /// <summary>Makes an empty generation, beside the one that serves.</summary>
    public abstract ViewGeneration CreateNext();

    /// <summary>Makes a generation the one that serves, also after a restart. The view discards the earlier one when no read uses it.</summary>
    public abstract void Serve(ViewGeneration next);

    /// <summary>Deletes a generation that is disposed.</summary>
    public abstract void Discard(ViewGeneration closed);

    /// <summary>The view that opened the storage has ended, and its generations are disposed. Another view may open it.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>The rows and positions of one generation of a view. One thread changes them, in batches.</summary>
public abstract class ViewGeneration : IDisposable
{
    /// <summary>Opens a table, and makes it if it is not there.</summary>
    public abstract ViewTable<TValue> OpenTable<TValue>(string name, ValueSerializer<TValue> values);

    /// <summary>The positions of the last commit, with all that is needed to go on; null before the first.</summary>
    public abstract byte[]? ReadState();

    /// <summary>Begins a batch.</summary>
    public abstract void Begin();

    /// <summary>Makes the batch's rows and their positions visible to readers together, and durable together if the storage is durable.</summary>
    /// <param name="state">Makes the positions' bytes; called only if the generation keeps them.</param>
    public abstract void Commit(Func<byte[]> state);

    /// <summary>Whether a failure says that the stored rows are damaged, so that they must be built from the log again.</summary>
    public virtual bool IsDamage(Exception failed) => false;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Releases what the generation holds. A batch under way is not committed. A reader that is open goes on showing its rows, and is disposed later.
    /// </summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
