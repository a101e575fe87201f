using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>How a <see cref="HeadwaterClient"/> reaches the service. Read once, when the client is made.</summary>
public sealed class HeadwaterClientOptions
{
    /// <summary>The service's address, for example <c>http://127.0.0.1:7071</c>. Required, unless <see cref="HttpClient"/> has a base address.</summary>
    public Uri? Address { get; set; }

    /// <summary>The function key, sent as <c>x-functions-key</c>. Null: none, as for the local host.</summary>
    public string? Key { get; set; }

    /// <summary>Sends the requests. Null: the client makes its own. The client does not dispose it; its timeout must be infinite or above 90 s.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Below the client's own <see cref="System.Net.Http.HttpClient"/>, for a proxy, certificates or tests. The client does not dispose it.</summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>How long one attempt of a request may take, beside the time that it asks the service to wait. Default 60 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a request is repeated while it fails in a way that may pass. Default 60 s; zero: one attempt.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause before the first repeat. It doubles with each repeat, up to 5 s. Default 100 ms.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock of all timeouts and pauses.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where the client logs. Null: nowhere.</summary>
    public ILoggerFactory? Logging { get; set; }
}
