using Headwater.Fuzz.Cases;
using Headwater.Http;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headwater.Fuzz.Hosting;

/// <summary>One instance of the service: the API and the queue path, over storage that several instances may share.</summary>
internal sealed class FuzzHost
{
    private readonly CallScript _script = new();
    private readonly FuzzStorage _storage;

    public FuzzHost(FuzzStorage storage, ulong seed)
    {
        _storage = storage;
        var ports = new LogPorts(new WatchedBlobs(storage.Blobs, _script), new WatchedTables(storage.Tables, _script), storage.Time, new SeededRandomness(seed));
        var log = new EventLog(ports, LogOptions.Default);
        var options = QueuedOptions.Default with { PredecessorTimeout = TimeSpan.Zero };
        Queued = new QueuedAppends(log, ports, storage.Queues, options, NullLogger<QueuedAppends>.Instance);
        Api = new HeadwaterApi(log, Queued, (_, _) => ValueTask.FromResult(""), storage.Time, Defects);
    }

    public QueuedAppends Queued { get; }

    /// <summary>The defects that the API logged.</summary>
    public DefectLog Defects { get; } = new();

    private HeadwaterApi Api { get; }

    public Task<FuzzAnswer> SendAsync(string method, string target, byte[]? body = null, params FuzzHeader[] headers) =>
        SendAsync(new FuzzStep { Method = method, Target = target, Headers = headers, Base64 = body });

    public async Task<FuzzAnswer> SendAsync(FuzzStep step)
    {
        _script.Clear();
        if (step.Fault is { } fault)
        {
            Arm(fault);
        }

        try
        {
            return await AnswerAsync(step);
        }
        finally
        {
            _script.Heal();
        }
    }

    /// <summary>Handles every message that is visible.</summary>
    /// <param name="fault">What storage does while they are handled; null: it works.</param>
    /// <returns>The number of messages.</returns>
    public async Task<int> PumpAsync(FuzzFault? fault)
    {
        _script.Clear();
        if (fault is not null)
        {
            Arm(fault);
        }

        try
        {
            return await PumpAsync();
        }
        finally
        {
            _script.Heal();
        }
    }

    private async Task<int> PumpAsync()
    {
        int handled = 0;
        foreach (string queue in (string[])[StorageNames.AppendsQueue, StorageNames.InboxQueue])
        {
            IReadOnlyList<QueuedMessage> page = await _storage.Queues.ReceiveAsync(queue, 32, TimeSpan.FromMinutes(1), CancellationToken.None);
            foreach (QueuedMessage message in page)
            {
                await Queued.HandleAsync(queue, message.Body, message.Enqueued, message.DequeueCount, CancellationToken.None);
                await _storage.Queues.DeleteAsync(queue, message.Receipt, CancellationToken.None);
                handled++;
            }
        }

        return handled;
    }

    private static DefaultHttpContext Context(FuzzStep step, Lifetime lifetime)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        int query = step.Target.IndexOf('?', StringComparison.Ordinal);
        context.Request.Method = step.Method!;
        context.Request.Path = new PathString(Uri.UnescapeDataString(query < 0 ? step.Target : step.Target[..query]));
        context.Request.QueryString = new QueryString(query < 0 ? "" : step.Target[query..]);
        foreach (FuzzHeader header in step.Headers)
        {
            context.Request.Headers.Append(header.Name, header.Value);
        }

        if (step.Body is { } body)
        {
            context.Request.Body = new MemoryStream(body);
            context.Request.ContentLength = body.Length;
        }

        context.Response.Body = new MemoryStream();
        return context;
    }

    private async Task<FuzzAnswer> AnswerAsync(FuzzStep step)
    {
        var lifetime = new Lifetime();
        DefaultHttpContext context = Context(step, lifetime);
        string? thrown = null;
        try
        {
            await Api.HandleAsync(context);
            await context.Response.CompleteAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            thrown = exception.ToString();
        }

        byte[] body = ((MemoryStream)context.Response.Body).ToArray();
        return new FuzzAnswer(step, context.Response.StatusCode, context.Response.Headers, body)
        {
            IsCut = lifetime.IsAborted,
            Thrown = thrown,
            Defect = Defects.Take(),
        };
    }

    private void Arm(FuzzFault fault)
    {
        var operation = Enum.Parse<StorageOperation>(fault.Operation);
        int left = fault.Skip;
        CallFate fate = fault.Fate switch
        {
            "lostBefore" => CallFate.LostBefore,
            "answerLost" => CallFate.AnswerLost,
            "throttled" => CallFate.Refused(StorageFault.Throttled),
            "unavailable" => CallFate.Refused(StorageFault.Unavailable),
            _ => throw new InvalidOperationException($"{fault.Fate} is no fate."),
        };
        _script.When(call => call.Operation == operation && left-- <= 0, fate, fault.Times);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
