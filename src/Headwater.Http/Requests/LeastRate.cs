namespace Headwater.Http.Requests;

/// <summary>
/// The least data rate of a client, in both directions. It grows with the bytes that its request holds, so that no client holds much memory for long: at
/// 240 bytes/s a small request may take minutes, and what holds 8 MiB must move 128 KiB/s.
/// </summary>
internal static class LeastRate
{
    /// <summary>A client may pause this long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const double LeastBytesPerSecond = 240;
    private const double Seconds = 64;

    /// <summary>Bytes per second.</summary>
    /// <param name="held">Bytes that the request holds.</param>
    public static double Of(long held) => Math.Max(LeastBytesPerSecond, held / Seconds);
}
