using Azure;
using Azure.Data.Tables;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;

namespace Headwater.Storage.Azure.Tables;

/// <summary>Converts rows of the port to the service's entities and back. Only strings and longs are used; properties of other types are ignored.</summary>
internal static class RowEncoding
{
    private static readonly string[] Reserved = ["PartitionKey", "RowKey", "Timestamp", "odata.etag"];

    public static TableTransactionAction Encode(string partition, RowChange change)
    {
        TableEntity entity = new(partition, change.Row);
        foreach ((string name, object value) in change.Values)
        {
            entity[name] = Reserved.Contains(name) || value is not (string or long)
                ? throw new ArgumentException($"A row's value '{name}' is neither a string nor a long, or has a reserved name.", nameof(change))
                : value;
        }

        return change.Kind switch
        {
            RowChangeKind.Insert => new TableTransactionAction(TableTransactionActionType.Add, entity),
            RowChangeKind.Replace => new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, Expected(change)),
            RowChangeKind.Upsert => new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity),
            RowChangeKind.Delete => new TableTransactionAction(TableTransactionActionType.Delete, entity, Expected(change)),
        };
    }

    public static TableRow Decode(TableEntity entity)
    {
        Dictionary<string, object> values = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in entity)
        {
            if (value is string or long && !Reserved.Contains(name))
            {
                values[name] = value;
            }
        }

        return new TableRow(new RowId(entity.PartitionKey, entity.RowKey), values, ETagText.Of(entity.ETag))
        {
            Changed = entity.Timestamp ?? throw new StorageException(StorageFault.Rejected, "The service returned a row without its Timestamp."),
        };
    }

    private static ETag Expected(RowChange change) =>
        new(change.ETag ?? throw new ArgumentException($"A {change.Kind} needs the ETag of the expected row, or '*'.", nameof(change)));
}
