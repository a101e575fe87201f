using Azure.Core;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Classifies table requests.</summary>
internal static class TableOperations
{
    public static StorageOperation Kind(Request request)
    {
        RequestShape shape = new(request);
        bool tables = shape.Path.EndsWith("/Tables", StringComparison.Ordinal) || shape.Path is "Tables";
        return (shape.Method, tables) switch
        {
            ("POST", true) => StorageOperation.TableCreate,
            (_, true) => StorageOperation.TableOther,
            ("GET", _) => StorageOperation.TableRead,
            ("POST" or "PUT" or "MERGE" or "PATCH" or "DELETE", _) => StorageOperation.TableWrite,
            _ => StorageOperation.TableOther,
        };
    }
}
