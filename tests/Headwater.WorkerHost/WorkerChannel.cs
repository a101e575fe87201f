using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Headwater.WorkerHost.Protocol;

namespace Headwater.WorkerHost;

/// <summary>The message stream between this host and one worker. A request and its answer have the same request id.</summary>
internal sealed class WorkerChannel : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();

    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new();

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentQueue<LogLine> _log = new();

    /// <summary>Completes when the worker has started its stream.</summary>
    public Task Connected => _connected.Task;

    /// <summary>What the worker has logged through the host.</summary>
    public IReadOnlyCollection<LogLine> Log => _log;

    public void Tell(StreamingMessage message)
    {
        message.RequestId = message.RequestId is "" ? Guid.NewGuid().ToString() : message.RequestId;
        _toWorker.Writer.TryWrite(message);
    }

    public Task<StreamingMessage> AskAsync(StreamingMessage question)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[question.RequestId] = answer;
        Tell(question);
        return answer.Task;
    }

    /// <summary>Fails all pending requests, because the worker will not answer.</summary>
    public void Fail(Exception reason)
    {
        _connected.TrySetException(reason);
        foreach (TaskCompletionSource<StreamingMessage> answer in _asked.Values)
        {
            answer.TrySetException(reason);
        }
    }

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        Task sending = SendAsync(responseStream, ended.Token);
        try
        {
            await foreach (StreamingMessage message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                Take(message);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The worker has exited. HostedWorker handles the exit of the process.
        }

        await ended.CancelAsync();
        await sending;
    }

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> to, CancellationToken cancellation)
    {
        try
        {
            await foreach (StreamingMessage message in _toWorker.Reader.ReadAllAsync(cancellation))
            {
                await to.WriteAsync(message, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The stream has ended.
        }
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.StartStream:
                _connected.TrySetResult();
                break;
            case StreamingMessage.ContentOneofCase.Log:
                _log.Enqueue(message.Log);
                break;
            default:
                if (_asked.TryRemove(message.RequestId, out TaskCompletionSource<StreamingMessage>? answer))
                {
                    answer.TrySetResult(message);
                }

                break;
        }
    }
}
