using System.Globalization;
using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>How long appends took under one condition, and which storage calls their process made during them.</summary>
internal sealed class AppendTimes
{
    private readonly List<TimeSpan> _answers = [];

    public int Appends => _answers.Count;

    public long AppendCalls { get; private set; }

    public long OtherCalls { get; private set; }

    public void Add(IEnumerable<TimeSpan> answers) => _answers.AddRange(answers);

    public void AddCalls(IReadOnlyDictionary<StorageOperation, long> before, IReadOnlyDictionary<StorageOperation, long> after)
    {
        long appends = after.GetValueOrDefault(StorageOperation.BlobAppend) - before.GetValueOrDefault(StorageOperation.BlobAppend);
        AppendCalls += appends;
        OtherCalls += after.Values.Sum() - before.Values.Sum() - appends;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Appends} appends: p50 {Milliseconds(0.5)} ms, p99 {Milliseconds(0.99)} ms, max {Milliseconds(1)} ms; "
        + $"{AppendCalls} AppendBlock calls, {OtherCalls} others");

    /// <summary>The percentile: the smallest time that is not exceeded by this share of the appends.</summary>
    private string Milliseconds(double share)
    {
        TimeSpan[] sorted = [.. _answers.Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1].TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
    }
}
