using Azure.Core;
using Azure.Core.Pipeline;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Records every attempt in the meter when it ends.</summary>
internal sealed class MeterPolicy(StorageMeter meter, Func<Request, StorageOperation> kindOf) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        StorageOperation operation = kindOf(message.Request);
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            meter.Record(operation, message.HasResponse ? message.Response.Status : 0);
        }
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        StorageOperation operation = kindOf(message.Request);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            meter.Record(operation, message.HasResponse ? message.Response.Status : 0);
        }
    }
}
