using System.Security.Cryptography;
using System.Text;
using Headwater.Contracts.Errors;

namespace Headwater.Client;

/// <summary>An event that cannot be read or processed.</summary>
/// <param name="Event">The event, with its value as JSON.</param>
/// <param name="Error">What the serializer or the program threw.</param>
public sealed record PoisonEvent(ReceivedEvent<ReadOnlyMemory<byte>> Event, Exception Error);

/// <summary>Where an event was read.</summary>
/// <param name="StreamId">The stream's id.</param>
/// <param name="Group">The consumer's group; null without one.</param>
internal readonly record struct PoisonSource(string StreamId, string? Group);

/// <summary>What a consumer does with an event that cannot be read or processed.</summary>
public sealed class PoisonPolicy
{
    private PoisonPolicy(Func<PoisonEvent, PoisonSource, CancellationToken, Task<bool>> decide) => DecideAsync = decide;

    /// <summary><see cref="Consumer{T}.RunAsync"/> fails with the error. The event is not committed.</summary>
    public static PoisonPolicy Stop { get; } = new((_, _, _) => Task.FromResult(false));

    /// <summary>Whether to go on after the event.</summary>
    internal Func<PoisonEvent, PoisonSource, CancellationToken, Task<bool>> DecideAsync { get; }

    /// <summary>The event is reported and counts as processed.</summary>
    public static PoisonPolicy Skip(Action<PoisonEvent> report) => new((poison, _, _) =>
    {
        report(poison);
        return Task.FromResult(true);
    });

    /// <summary>
    /// The event is appended to another stream, with its key and headers and with the headers <c>poison_stream</c>, <c>poison_position</c> and
    /// <c>poison_error</c>. It counts as processed when it is stored there. A repeat after a crash stores nothing twice while the partition remembers the
    /// request.
    /// </summary>
    /// <param name="target">A stream that takes any JSON.</param>
    /// <param name="stream">The name of the stream that is consumed.</param>
    internal static PoisonPolicy SendTo(StreamScope<ReadOnlyMemory<byte>> target, string stream) => new(async (poison, source, cancellation) =>
    {
        try
        {
            await AppendCall.SendAsync(target, [Copy(poison, stream)], new AppendOptions { IdempotencyKey = KeyOf(poison, source) }, cancellation);
        }
        catch (HeadwaterException stored) when (stored.Is(ErrorCode.IdempotencyKeyReused))
        {
            // An earlier delivery stored the event, with the error of that time.
        }

        return true;
    });

    /// <summary>The same for every delivery of the event to the group, and for no other event. Hashed, because names may be longer than a key.</summary>
    private static string KeyOf(PoisonEvent poison, PoisonSource source) => "poison-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{source.StreamId}/{poison.Event.Position}/{source.Group}")));

    private static NewEvent<ReadOnlyMemory<byte>> Copy(PoisonEvent poison, string stream) => new(poison.Event.Key, poison.Event.Value)
    {
        IsTombstone = poison.Event.IsTombstone,
        Time = poison.Event.Time?.ToDateTimeOffset(),
        Headers = new Dictionary<string, string>(poison.Event.Headers)
        {
            ["poison_stream"] = stream,
            ["poison_position"] = poison.Event.Position.ToString(),
            ["poison_error"] = Cut($"{poison.Error.GetType().Name}: {poison.Error.Message}"),
        },
    };

    private static string Cut(string text) => text.Length <= 1_000 ? text : text[..1_000];
}
