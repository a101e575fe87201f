using Azure.Core;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Classifies queue requests.</summary>
internal static class QueueOperations
{
    public static StorageOperation Kind(Request request)
    {
        RequestShape shape = new(request);
        bool messages = shape.Path.EndsWith("/messages", StringComparison.Ordinal);
        bool message = shape.Path.Contains("/messages/", StringComparison.Ordinal);
        return (shape.Method, messages, message) switch
        {
            ("POST", true, _) => StorageOperation.QueuePut,
            ("GET", true, _) => shape.Has("peekonly=") ? StorageOperation.QueuePeek : StorageOperation.QueueGet,
            ("PUT", _, true) => StorageOperation.QueueUpdate,
            ("DELETE", _, true) => StorageOperation.QueueDelete,
            ("PUT", false, false) when shape.Comp.IsEmpty => StorageOperation.QueueCreate,
            _ => StorageOperation.QueueOther,
        };
    }
}
