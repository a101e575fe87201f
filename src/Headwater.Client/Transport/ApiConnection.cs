using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Headwater.Contracts.Headers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headwater.Client;

/// <summary>Sends requests. Thread-safe.</summary>
internal sealed class ApiConnection : IDisposable
{
    private readonly HttpClient _http;

    private readonly bool _isOwn;

    private readonly Uri _address;

    private readonly HeadwaterClientOptions _options;

    public ApiConnection(HeadwaterClientOptions options)
    {
        _options = options;
        Uri address = options.Address ?? options.HttpClient?.BaseAddress
            ?? throw new ArgumentException($"{nameof(HeadwaterClientOptions)}.{nameof(options.Address)} is missing; set the service's address.");
        _address = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        _isOwn = options.HttpClient is null;
        _http = options.HttpClient ?? NewHttpClient(options.Handler, System.Net.DecompressionMethods.All);
    }

    public TimeProvider Time => _options.Time;

    public ILoggerFactory Logging => _options.Logging ?? NullLoggerFactory.Instance;

    public string Host => _address.Host;

    /// <summary>How long one attempt of a request may take.</summary>
    public TimeSpan RequestTimeout => _options.RequestTimeout;

    /// <summary>How long a request is repeated.</summary>
    public TimeSpan RetryFor => _options.RetryFor;

    /// <summary>An id that no other process has.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The pauses of work that may take as long as the options say, or another time.</summary>
    public Backoff NewBackoff(TimeSpan? limit = null) => new(_options.FirstPause, limit ?? _options.RetryFor, Time);

    /// <summary>A client for signed URLs of the storage, through the same handler if the program gave one. It sends no headers of the service.</summary>
    public HttpClient NewStorageClient() => NewHttpClient(_options.Handler, System.Net.DecompressionMethods.None);

    public void Dispose()
    {
        if (_isOwn)
        {
            _http.Dispose();
        }
    }

    /// <summary>Sends the request, and again while it fails in a way that may pass.</summary>
    /// <exception cref="HeadwaterException">The last failure.</exception>
    public async Task<ApiAnswer> RetryAsync(ApiRequest request, CancellationToken cancellation)
    {
        Backoff backoff = NewBackoff();
        while (true)
        {
            try
            {
                return await SendAsync(request, cancellation);
            }
            catch (HeadwaterException failed) when (failed.Retryable)
            {
                if (!await backoff.TryWaitAsync(failed.RetryAfter, cancellation))
                {
                    throw;
                }
            }
        }
    }

    /// <summary><see cref="RetryAsync"/> with an answer in JSON.</summary>
    public async Task<TAnswer> RetryAsync<TAnswer>(ApiRequest request, JsonTypeInfo<TAnswer> type, CancellationToken cancellation) =>
        Parse(await RetryAsync(request, cancellation), type);

    /// <exception cref="HeadwaterException">The body is not this JSON.</exception>
    public static TAnswer Parse<TAnswer>(ApiAnswer answer, JsonTypeInfo<TAnswer> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException foreign)
        {
            throw new HeadwaterException(HeadwaterException.NoAnswer, $"The answer is not one of Headwater: {foreign.Message}", foreign)
            {
                Status = answer.Status,
            };
        }
    }

    /// <summary>Sends the request once.</summary>
    /// <exception cref="HeadwaterException">The request was refused, or got no answer in time.</exception>
    public async Task<ApiAnswer> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        TimeSpan limit = _options.RequestTimeout + request.Wait;
        using var late = new CancellationTokenSource(limit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            using HttpRequestMessage message = request.ToMessage(_address);
            if (_options.Key is { } key)
            {
                message.Headers.TryAddWithoutValidation(HeaderNames.FunctionKey, key);
            }

            using HttpResponseMessage answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            byte[] body = await AnswerBody.ReadAsync(answer, request.MostBytes, either.Token);
            int status = (int)answer.StatusCode;
            return status is (>= 200 and < 300) or 304 ? new ApiAnswer(status, answer.Headers, body) : throw Problems.Of(answer, body, request.Appends);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Problems.TimedOut(limit, request.Appends);
        }
        catch (AnswerTooLargeException large)
        {
            throw Problems.TooLarge(large, request.Appends);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or InvalidDataException)
        {
            throw Problems.Lost(lost, request.Appends);
        }
    }

    private static HttpClient NewHttpClient(HttpMessageHandler? handler, System.Net.DecompressionMethods decompression)
    {
        HttpMessageHandler below = handler ?? new SocketsHttpHandler
        {
            // A redirect turns POST into GET, and takes the key to another host.
            AllowAutoRedirect = false,
            AutomaticDecompression = decompression,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        return new HttpClient(below, disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
