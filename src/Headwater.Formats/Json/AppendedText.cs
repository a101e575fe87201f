using Headwater.Core.Positions;
using Headwater.Core.Schemas.Json;

namespace Headwater.Formats.Json;

/// <summary>Append times as text. The events of a block have one append time, so its text is kept for the next event. Not thread-safe.</summary>
public sealed class AppendedText
{
    private readonly byte[] _text = new byte[IsoTimestamp.MaxLength];

    private UnixMicros _appended;

    private int _length;

    /// <summary>The time as UTF-8, always with six digits, so that the order of the texts is the order of the times. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(UnixMicros appended)
    {
        if (_length == 0 || appended != _appended)
        {
            DateTime time = appended.ToDateTimeOffset().UtcDateTime;
            int days = (int)((time.Ticks - DateTime.UnixEpoch.Ticks - time.TimeOfDay.Ticks) / TimeSpan.TicksPerDay);
            _length = IsoTimestamp.Write(days, time.TimeOfDay.Ticks * TimeSpan.NanosecondsPerTick, fractionDigits: 6, local: false, _text);
            _appended = appended;
        }

        return _text.AsSpan(0, _length);
    }
}
