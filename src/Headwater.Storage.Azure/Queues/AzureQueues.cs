using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Queues;

/// <summary>
/// The queues of one account. Unless declared as provisioned, a missing queue reads as empty and the first message creates it. Message text
/// is sent unchanged, never as base64.
/// </summary>
internal sealed class AzureQueues(QueueServiceClient service, string prefix, AzureCalls calls, bool provisioned) : IQueues
{
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly ConcurrentDictionary<string, QueueClient> _clients = new(StringComparer.Ordinal);

    public async ValueTask CreateAsync(string queue, CancellationToken cancellation)
    {
        if (provisioned)
        {
            return;
        }

        QueueClient client = Client(queue);
        Answer<Response> made = await calls.OnceAsync(token => client.CreateIfNotExistsAsync(cancellationToken: token), cancellation);
        ThrowIfFailed(made.Error, "Creating queue", queue);
    }

    public async ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation)
    {
        CheckSize(queue, body.Span);
        QueueClient client = Client(queue);
        BinaryData text = BinaryData.FromBytes(body);
        Task<Response<SendReceipt>> Send(CancellationToken token) => client.SendMessageAsync(text, delay, Never, token);
        Answer<Response<SendReceipt>> answer = await calls.OnceAsync(Send, cancellation);
        if (!provisioned && answer.Error is { Kind: AzureErrorKind.HomeMissing })
        {
            await CreateAsync(queue, cancellation);
            answer = await calls.OnceAsync(Send, cancellation);
        }

        ThrowIfFailed(answer.Error, "Sending to queue", queue);
    }

    public async ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation)
    {
        QueueClient client = Client(queue);
        Answer<Response<QueueMessage[]>> answer = await calls.OnceAsync(token => client.ReceiveMessagesAsync(count, visibility, token), cancellation);
        if (IsMissing(answer.Error))
        {
            return [];
        }

        ThrowIfFailed(answer.Error, "Receiving from queue", queue);
        return
        [
            .. answer.Value!.Value.Select(m => new QueuedMessage(
                new MessageReceipt(m.MessageId, m.PopReceipt), m.Body.ToMemory(), m.InsertedOn ?? default, m.DequeueCount))
        ];
    }

    public async ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation)
    {
        QueueClient client = Client(queue);
        Answer<Response<PeekedMessage[]>> answer = await calls.RepeatedAsync(token => client.PeekMessagesAsync(count, token), bytes: 0, cancellation);
        if (IsMissing(answer.Error))
        {
            return [];
        }

        ThrowIfFailed(answer.Error, "Peeking at queue", queue);
        return
        [
            .. answer.Value!.Value.Select(m => new QueuedMessage(
                new MessageReceipt(m.MessageId, ""), m.Body.ToMemory(), m.InsertedOn ?? default, m.DequeueCount))
        ];
    }

    public async ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation)
    {
        QueueClient client = Client(queue);
        Answer<Response<UpdateReceipt>> answer = await calls.OnceAsync(
            token => client.UpdateMessageAsync(receipt.MessageId, receipt.Pop, visibilityTimeout: visibility, cancellationToken: token), cancellation);
        if (IsTaken(answer.Error))
        {
            return null;
        }

        ThrowIfFailed(answer.Error, "Extending a message of queue", queue);
        return answer.Value!.Value.PopReceipt;
    }

    public async ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation)
    {
        QueueClient client = Client(queue);
        Answer<Response> answer = await calls.OnceAsync(token => client.DeleteMessageAsync(receipt.MessageId, receipt.Pop, token), cancellation);
        if (IsTaken(answer.Error))
        {
            return false;
        }

        ThrowIfFailed(answer.Error, "Deleting a message of queue", queue);
        return true;
    }

    // The service rejects a larger message; Azurite accepts it.
    private void CheckSize(string queue, ReadOnlySpan<byte> body)
    {
        if (QueueText.Size(body) > QueueText.MaxBytes)
        {
            throw new StorageException(StorageFault.Rejected, $"A message for queue '{prefix}{queue}' is larger than {QueueText.MaxBytes} bytes as XML.");
        }
    }

    private QueueClient Client(string queue) => _clients.GetOrAdd(queue, name => service.GetQueueClient(prefix + name));

    private bool IsMissing(AzureError? error) => error is { Kind: AzureErrorKind.HomeMissing } && !provisioned;

    private bool IsTaken(AzureError? error) => error is { Kind: AzureErrorKind.Missing or AzureErrorKind.ConditionNotMet } || IsMissing(error);

    private void ThrowIfFailed(AzureError? error, string operation, string queue)
    {
        if (error is not null)
        {
            throw error.ToException(operation, prefix + queue);
        }
    }
}
