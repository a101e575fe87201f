using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Tables;

/// <summary>What the service refuses in keys, texts and transactions, refused before it is asked: emulators are laxer.</summary>
/// <remarks>learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model</remarks>
public static class TableKeys
{
    private const int LongestKey = 512;
    private const int MostChanges = 100;

    // 64 KiB of UTF-16.
    private const int LongestText = 32 * 1024;

    /// <exception cref="StorageException">Rejected: empty, too long, or a character that keys may not have.</exception>
    public static void Check(string key)
    {
        if (key.Length is 0 or > LongestKey || key.AsSpan().IndexOfAny("/\\#?") >= 0 || key.Any(char.IsControl))
        {
            throw new StorageException(StorageFault.Rejected, "A table key is empty, over 512 characters, or contains / \\ # ? or a control character.");
        }
    }

    /// <exception cref="StorageException">Rejected: a bad key, a text over 32,768 characters, over 100 rows, or a row twice.</exception>
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
            throw new StorageException(StorageFault.Rejected, $"A table transaction has {changes.Count} rows; the service takes {MostChanges}.");
        }
    }

    private static void CheckTexts(RowChange change)
    {
        foreach ((string name, object value) in change.Values)
        {
            if (value is string { Length: > LongestText } text)
            {
                throw new StorageException(StorageFault.Rejected, $"Row '{change.Row}' has {text.Length:N0} characters of '{name}'; the service takes {LongestText:N0}.");
            }
        }
    }
}
