using System.Diagnostics;

namespace Headwater.Hostile.Clients;

/// <summary>Sends requests as a careful client does: it waits as long as it is told and tries again, three times at most.</summary>
internal sealed class PatientClient(HttpClient http, Func<Window> window)
{
    private const int MaxTries = 4;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Sends a request until it succeeds.</summary>
    /// <returns>The answer's body; null if no try succeeded.</returns>
    public async Task<byte[]?> SendAsync(Func<HttpRequestMessage> request)
    {
        Window during = window();
        during.Begin();
        long began = Stopwatch.GetTimestamp();
        string? failed = null;
        for (int tries = 1; ; tries++)
        {
            using HttpRequestMessage message = request();
            (int status, byte[]? body, TimeSpan wait) = await TryAsync(message);
            string answer = status == 0 ? "by a broken connection" : $"{status}";
            failed ??= status is 0 or >= 500 ? $"{message.Method} {message.RequestUri} was answered {answer}" : null;
            if (body is not null || tries == MaxTries)
            {
                failed ??= body is null ? $"{message.Method} {message.RequestUri} was answered {status} after {tries} tries" : null;
                during.Add(new ClientRequest(Stopwatch.GetElapsedTime(began), tries, failed));
                return body;
            }

            await Task.Delay(wait);
        }
    }

    private async Task<(int Status, byte[]? Body, TimeSpan Wait)> TryAsync(HttpRequestMessage message)
    {
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(message);
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            TimeSpan wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(100);
            return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? body : null, wait < LongestWait ? wait : LongestWait);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            return (0, null, TimeSpan.FromMilliseconds(100));
        }
    }
}
