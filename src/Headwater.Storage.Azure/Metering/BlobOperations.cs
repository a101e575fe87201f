using Azure.Core;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Classifies blob requests.</summary>
internal static class BlobOperations
{
    public static StorageOperation Kind(Request request)
    {
        RequestShape shape = new(request);
        if (shape.Comp is "list")
        {
            return StorageOperation.BlobList;
        }

        if (shape.Comp is "userdelegationkey")
        {
            return StorageOperation.BlobKey;
        }

        return shape.RestType is "container" ? OfContainer(shape) : OfBlob(shape, request);
    }

    private static StorageOperation OfContainer(RequestShape shape) =>
        shape.Method == "PUT" && shape.Comp.IsEmpty ? StorageOperation.ContainerCreate : StorageOperation.BlobOther;

    private static StorageOperation OfBlob(RequestShape shape, Request request) => shape.Comp switch
    {
        "appendblock" => StorageOperation.BlobAppend,
        "seal" => StorageOperation.BlobSeal,
        "block" or "blocklist" when shape.Method == "PUT" => StorageOperation.BlobPut,
        "" => OfWholeBlob(shape.Method, request),
        _ => StorageOperation.BlobOther,
    };

    private static StorageOperation OfWholeBlob(string method, Request request) => method switch
    {
        "PUT" when request.Headers.TryGetValue("x-ms-blob-type", out string? type) && type == "AppendBlob" => StorageOperation.BlobCreate,
        "PUT" => StorageOperation.BlobPut,
        "GET" => StorageOperation.BlobGet,
        "HEAD" => StorageOperation.BlobHead,
        "DELETE" => StorageOperation.BlobDelete,
        _ => StorageOperation.BlobOther,
    };
}
