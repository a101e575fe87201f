using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Http.Requests;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Producers;
using Headwater.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Headwater.Http.Append;

/// <summary>The headers of an append: idempotency key, position in a producer's sequence, condition, and preferred response.</summary>
internal sealed record AppendHeaders
{
    public const string IdempotencyKeyName = HeaderNames.IdempotencyKey;
    public const string ProducerIdName = HeaderNames.ProducerId;
    public const string ProducerEpochName = HeaderNames.ProducerEpoch;
    public const string ProducerSequenceName = HeaderNames.ProducerSequence;
    public const string IfOffsetName = HeaderNames.IfOffset;
    public const string Representation = "return=representation";
    public const string RespondAsync = "respond-async";

    private const int MaxKeyLength = 255;
    private const int KeyBytes = 16;

    /// <summary>The Idempotency-Key as sent.</summary>
    public string? IdempotencyKey { get; init; }

    public ProducerPosition? Producer { get; init; }

    public Offset? IfOffset { get; init; }

    /// <summary>Whether the response contains the offset of every event.</summary>
    public bool WantsOffsets { get; init; }

    /// <summary>Whether the client prefers an asynchronous append (RFC 7240).</summary>
    public bool RespondsAsync { get; init; }

    /// <exception cref="HeadwaterException">InvalidParameter with the header's name.</exception>
    public static AppendHeaders Read(HttpRequest request)
    {
        string? offset = One(request, IfOffsetName);
        return new AppendHeaders
        {
            IdempotencyKey = ReadKey(request),
            Producer = ReadProducer(request),
            IfOffset = offset is null ? null : new Offset(Number(IfOffsetName, offset, 0, long.MaxValue)),
            WantsOffsets = Prefers(request, Representation),
            RespondsAsync = Prefers(request, RespondAsync),
        };
    }

    /// <param name="context">Equal keys of different callers are distinct.</param>
    /// <param name="digest">Null without an Idempotency-Key and a producer.</param>
    public AppendOptions Options(HttpContext context, RequestDigest? digest) => new()
    {
        Request = Identity(context, digest),
        Producer = Producer,
        Digest = digest,
        IfOffset = IfOffset,
    };

    /// <summary>The request for the queue path. Parameters as in <see cref="Options"/>.</summary>
    public QueuedRequest Queued(HttpContext context, StreamDescription stream, PartitionId? target, RequestDigest? digest) => new(stream, target)
    {
        IdempotencyKey = IdempotencyKey,
        Identity = Identity(context, digest),
        Producer = Producer,
        Digest = digest,
    };

    /// <summary>If-Offset can only be checked when the events are appended, and by then the client has its response.</summary>
    /// <exception cref="HeadwaterException">InvalidParameter.</exception>
    public void RequireNoCondition()
    {
        if (IfOffset is not null)
        {
            throw Refusals.Parameter(IfOffsetName, "cannot be combined with Prefer: respond-async.");
        }
    }

    /// <summary>The first 16 bytes of the SHA-256 of the principal, a zero byte and the key, in UTF-8.</summary>
    internal static RequestKey KeyOf(string principal, string key) =>
        RequestKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes($"{principal}\0{key}")).AsSpan(0, KeyBytes));

    private static bool Prefers(HttpRequest request, string preference) => request.Headers["Prefer"].Any(prefer =>
        prefer is not null && prefer.Split(',').Any(p => p.Split(';')[0].Trim().Equals(preference, StringComparison.OrdinalIgnoreCase)));

    private static string? ReadKey(HttpRequest request)
    {
        string? key = One(request, IdempotencyKeyName);
        return key is null or { Length: > 0 and <= MaxKeyLength }
            ? key
            : throw Refusals.Parameter(IdempotencyKeyName, $"must have 1 to {MaxKeyLength} characters.");
    }

    private static ProducerPosition? ReadProducer(HttpRequest request)
    {
        string? id = One(request, ProducerIdName);
        string? epoch = One(request, ProducerEpochName);
        string? sequence = One(request, ProducerSequenceName);
        if (id is null && epoch is null && sequence is null)
        {
            return null;
        }

        if (id is null || epoch is null || sequence is null)
        {
            string missing = id is null ? ProducerIdName : epoch is null ? ProducerEpochName : ProducerSequenceName;
            throw Refusals.Parameter(missing, $"is missing; send {ProducerIdName}, {ProducerEpochName} and {ProducerSequenceName} together or none of them.");
        }

        return new ProducerPosition(
            id,
            new ProducerEpoch((int)Number(ProducerEpochName, epoch, 1, int.MaxValue)),
            new SequenceNumber(Number(ProducerSequenceName, sequence, 0, long.MaxValue)));
    }

    private RequestIdentity? Identity(HttpContext context, RequestDigest? digest) =>
        IdempotencyKey is { } key && digest is { } known ? new RequestIdentity(KeyOf(Caller.Of(context), key), known) : null;

    private static string? One(HttpRequest request, string name)
    {
        StringValues values = request.Headers[name];
        return values.Count <= 1 ? values.FirstOrDefault() : throw Refusals.Parameter(name, "occurs more than once; send it once.");
    }

    private static long Number(string name, string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw Refusals.Parameter(name, $"must be a whole number from {least} to {most}, not '{text}'.");
}
