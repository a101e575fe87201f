namespace Headwater.Testing;

public enum StorageOperation
{
    CreateAppendBlob,
    AppendBlock,
    Seal,
    Read,
    Write,
    StageBlock,
    CommitBlocks,
    Delete,
    List,
    ListFolders,
    SignRead,
    GetRow,
    QueryRows,
    ApplyRows,
}

/// <summary>One recorded call to storage.</summary>
public sealed class StorageCall(int number, StorageOperation operation, string name)
{
    /// <summary>The call's number within its instance, from 1.</summary>
    public int Number { get; } = number;

    public StorageOperation Operation { get; } = operation;

    /// <summary>The full blob name, the prefix, or the table and key.</summary>
    public string Name { get; } = name;

    /// <summary>The last part of the name: <c>00000000000000000000.avro</c>, <c>checkpoint</c>, <c>stream.json</c>.</summary>
    public string ShortName => Name[(Name.TrimEnd('/').LastIndexOf('/') + 1)..];

    /// <summary>The position of a read or an append.</summary>
    public long Position { get; init; }

    /// <summary>Bytes sent with the call.</summary>
    public int Sent { get; init; }

    /// <summary>Bytes that a read returned; 0 until it is answered.</summary>
    public int Received { get; set; }

    public bool IsBlobCall => Operation < StorageOperation.GetRow;

    public override string ToString() => $"{Operation} {ShortName}";
}
