using Headwater.Log.Ports;
using Headwater.Simulation.Scheduling;
using Headwater.Testing;

namespace Headwater.Simulation.Service;

/// <summary>The storage account that all instances share. Its content is the truth; a watcher checks it at every step.</summary>
internal sealed class StorageService
{
    private readonly Timeline _timeline;

    private readonly InMemoryBlobs _blobs;

    public StorageService(Timeline timeline, int maxBlocks = 50_000, TimeSpan tableSkew = default)
    {
        _timeline = timeline;
        Clock = new InstanceClock(timeline, Party, TimeSpan.Zero);
        _blobs = new InMemoryBlobs(Clock, maxBlocks);
        Tables = new InMemoryTables(new InstanceClock(timeline, Party, tableSkew));
        Watch = new StorageWatch(timeline);
    }

    public Party Party { get; } = new("storage");

    public InstanceClock Clock { get; }

    public InMemoryTables Tables { get; }

    public StorageWatch Watch { get; }

    /// <summary>Called after every applied transaction with its table, partition key and changes.</summary>
    public Action<string, string, IReadOnlyList<RowChange>> RowsChanged { get; set; } = (_, _, _) => { };

    public Action TablesLost { get; set; } = () => { };

    /// <summary>Called after every write of a whole blob.</summary>
    public Action<string, ReadOnlyMemory<byte>> BlobWritten { get; set; } = (_, _) => { };

    /// <summary>The number of calls that arrived.</summary>
    public long Calls { get; private set; }

    /// <summary>While true, every call fails with 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>While true, every call fails with 403.</summary>
    public bool IsDenying { get; set; }

    /// <summary>Blobs of this stream cannot be read; null: all can.</summary>
    public string? BrokenStream { get; set; }

    public void Recover()
    {
        IsDown = false;
        IsDenying = false;
    }

    /// <summary>Counts a call that arrived.</summary>
    public void Arrived() => Calls++;

    public bool Create(string name)
    {
        bool created = Now(_blobs.CreateAppendBlobAsync(name, CancellationToken.None));
        if (created)
        {
            Watch.Created(name);
        }

        return created;
    }

    public AppendAnswer Append(string name, AppendCondition condition, ReadOnlyMemory<byte> data)
    {
        AppendAnswer answer = Now(_blobs.AppendBlockAsync(name, condition, data, CancellationToken.None));
        if (answer.Status == AppendStatus.Appended)
        {
            Watch.Appended(name, condition.Position, data.Span);
        }

        return answer;
    }

    public bool Seal(string name)
    {
        bool there = Now(_blobs.SealAsync(name, CancellationToken.None));
        if (there)
        {
            Watch.Sealed(name);
        }

        return there;
    }

    public BlobRead? Read(string name, long position, int maxBytes) => BrokenStream is { } broken && name.StartsWith(broken + "/", StringComparison.Ordinal)
        ? throw new StorageException(StorageFault.Unavailable, $"500 InternalError for {name}")
        : Now(_blobs.ReadAsync(name, position, maxBytes, CancellationToken.None));

    public string? Write(string name, ReadOnlyMemory<byte> content, WriteCondition condition)
    {
        string? written = Now(_blobs.WriteAsync(name, content, condition, CancellationToken.None));
        if (written is not null)
        {
            Watch.Written(name, content.Span);
            BlobWritten(name, content);
        }

        return written;
    }

    public bool Stage(string name, string blockId, ReadOnlyMemory<byte> data)
    {
        ValueTask staged = _blobs.StageBlockAsync(name, blockId, data, CancellationToken.None);
        return staged.IsCompletedSuccessfully;
    }

    public bool Commit(string name, IReadOnlyList<string> blockIds)
    {
        bool committed = Now(_blobs.CommitBlocksAsync(name, blockIds, CancellationToken.None));
        if (committed)
        {
            using BlobRead written = Read(name, 0, int.MaxValue)!;
            Watch.Written(name, written.Content.Span);
        }

        return committed;
    }

    public bool Delete(string name, string? ifMatch)
    {
        using BlobRead? before = Read(name, 0, int.MaxValue);
        bool deleted = Now(_blobs.DeleteAsync(name, ifMatch, CancellationToken.None));
        if (deleted)
        {
            Watch.Deleted(name, before!);
        }

        return deleted;
    }

    public IReadOnlyList<string?>? Apply(string table, string partition, IReadOnlyList<RowChange> changes)
    {
        IReadOnlyList<string?>? applied = Now(Tables.ApplyAsync(table, partition, changes, CancellationToken.None));
        if (applied is not null)
        {
            Report(() => RowsChanged(table, partition, changes));
        }

        return applied;
    }

    public void LoseTables()
    {
        Note("loses all tables");
        Tables.Clear();
        TablesLost();
    }

    public BlobPage List(string prefix, string? continuation, int pageSize) => Now(_blobs.ListAsync(prefix, continuation, pageSize, CancellationToken.None));

    public FolderPage ListFolders(string prefix, string? continuation) => Now(_blobs.ListFoldersAsync(prefix, continuation, CancellationToken.None));

    /// <summary>Every stored blob.</summary>
    public IReadOnlyList<BlobItem> All(string prefix)
    {
        var items = new List<BlobItem>();
        string? continuation = null;
        do
        {
            BlobPage page = List(prefix, continuation, 5_000);
            items.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return items;
    }

    /// <summary>Takes the result of in-memory storage, which always completes synchronously.</summary>
    public static T Now<T>(ValueTask<T> done) => done.AsTask().GetAwaiter().GetResult();

    /// <summary>A violation found by a watcher ends the simulation; the caller of storage never sees it.</summary>
    private void Report(Action watch)
    {
        try
        {
            watch();
        }
        catch (Exception problem)
        {
            _timeline.Fail(problem);
        }
    }

    public void Note(string what) => _timeline.Trace.Write(_timeline, Party.Name, $"{what}");
}
