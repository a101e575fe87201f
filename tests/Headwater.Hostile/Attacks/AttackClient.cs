using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headwater.Hostile.Attacks;

/// <summary>Sends an attack's requests. Answers are read and dropped.</summary>
internal sealed class AttackClient(Uri address)
{
    public const string Json = "application/json";

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 2_000 })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
    };

    public Uri Address => address;

    /// <returns>The status.</returns>
    public async Task<string> GetAsync(string path, CancellationToken over)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, over);
        return await EndAsync(answer, over);
    }

    /// <param name="method">POST or PUT.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">The body as sent.</param>
    /// <param name="type">Its Content-Type.</param>
    /// <param name="isGzip">Whether it is compressed.</param>
    /// <param name="over">Ends the request.</param>
    /// <returns>The status.</returns>
    public async Task<string> SendAsync(HttpMethod method, string path, byte[] body, string type, bool isGzip, CancellationToken over)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (isGzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over);
        return await EndAsync(answer, over);
    }

    /// <summary>Creates a stream.</summary>
    /// <exception cref="InvalidOperationException">The host refused it.</exception>
    public Task CreateAsync(string name, string settings) => RequireAsync(
        SendAsync(HttpMethod.Put, $"/streams/{name}", Encoding.UTF8.GetBytes(settings), Json, isGzip: false, CancellationToken.None), $"PUT /streams/{name}");

    /// <summary>Requires that a request of a preparation succeeds. Without it, the attack would not be one.</summary>
    /// <exception cref="InvalidOperationException">The host refused it.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Reads as a request of this client.")]
    public async Task RequireAsync(Task<string> request, [CallerArgumentExpression(nameof(request))] string what = "")
    {
        string status = await request;
        if (status[0] != '2')
        {
            throw new InvalidOperationException($"{what} was answered {status}.");
        }
    }

    /// <summary>Compresses text that is repeated, without ever holding the whole.</summary>
    public static byte[] Gzip(string begin, string repeated, int times, string end)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(begin));
            byte[] unit = Encoding.UTF8.GetBytes(repeated);
            for (int i = 0; i < times; i++)
            {
                gzip.Write(unit);
            }

            gzip.Write(Encoding.UTF8.GetBytes(end));
        }

        return compressed.ToArray();
    }

    private static async Task<string> EndAsync(HttpResponseMessage answer, CancellationToken over)
    {
        await answer.Content.CopyToAsync(Stream.Null, over);
        return $"{(int)answer.StatusCode}";
    }
}
