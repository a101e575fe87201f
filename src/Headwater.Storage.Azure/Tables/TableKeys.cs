using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Tables;

/// <summary>Checks keys, texts and transactions against the rules of the service before a call, because emulators accept more. Makes no storage call.</summary>
/// <remarks>learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model</remarks>
public static class TableKeys
{
    private const int LongestKey = 512;
    private const int MostChanges = 100;

    // 64 KiB of UTF-16.
    private const int LongestText = 32 * 1024;

    /// <summary>Checks a partition or row key.</summary>
    /// <exception cref="StorageException">Rejected: the key is empty, over 512 characters, or contains a forbidden character.</exception>
    public static void Check(string key)
    {
        if (key.Length is 0 or > LongestKey || key.AsSpan().IndexOfAny("/\\#?") >= 0 || key.Any(char.IsControl))
        {
            throw new StorageException(StorageFault.Rejected, "A table key is empty, over 512 characters, or contains / \\ # ? or a control character.");
        }
    }

    /// <summary>Checks the ranges of a query.</summary>
    /// <exception cref="StorageException">Rejected: no range, or more than <see cref="RowRange.Most"/>.</exception>
    public static void Check(IReadOnlyList<RowRange> ranges)
    {
        if (ranges.Count is 0 or > RowRange.Most)
        {
            throw new StorageException(StorageFault.Rejected, $"A query has {ranges.Count} ranges of rows; it must have 1 to {RowRange.Most}.");
        }
    }

    /// <summary>Checks a table transaction.</summary>
    /// <exception cref="StorageException">Rejected: an invalid key, a text over 32,768 characters, over 100 rows, or two changes of one row.</exception>
    public static void CheckTransaction(string partition, IReadOnlyList<RowChange> changes)
    {
        Check(partition);
        HashSet<string> rows = new(StringComparer.Ordinal);
        foreach (RowChange change in changes)
        {
            Check(change.Row);
            if (!rows.Add(change.Row))
            {
                throw new StorageException(StorageFault.Rejected, $"A table transaction names row '{change.Row}' twice.");
            }

            CheckTexts(change);
        }

        if (changes.Count > MostChanges)
        {
            throw new StorageException(StorageFault.Rejected, $"A table transaction has {changes.Count} rows; the limit is {MostChanges}.");
        }
    }

    private static void CheckTexts(RowChange change)
    {
        foreach ((string name, object value) in change.Values)
        {
            if (value is string { Length: > LongestText } text)
            {
                throw new StorageException(
                    StorageFault.Rejected,
                    $"'{name}' of row '{change.Row}' has {text.Length:N0} characters; the limit is {LongestText:N0}.");
            }
        }
    }
}
