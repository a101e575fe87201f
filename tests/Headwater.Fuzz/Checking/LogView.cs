using System.Text.Json;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Checking;

/// <summary>Where every partition ends, as an instance finds it that starts now and so knows only what is stored.</summary>
internal sealed class LogView
{
    private readonly Dictionary<(string Stream, int Partition), long> _ends = [];

    public IReadOnlyList<string> Streams { get; private init; } = [];

    public static async Task<LogView> TakeAsync(FuzzHost fresh)
    {
        FuzzAnswer list = await fresh.SendAsync("GET", "/streams?limit=1000");
        AnswerCheck.Check(list);
        string[] streams = [.. list.Json().GetProperty("streams").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];
        var view = new LogView { Streams = streams };
        foreach (string stream in streams)
        {
            FuzzAnswer positions = await fresh.SendAsync("GET", $"/streams/{stream}/partitions");
            AnswerCheck.Check(positions);
            if (positions.Status is 404 or 409)
            {
                continue; // Its deletion has begun.
            }

            foreach (JsonElement partition in positions.Json().GetProperty("partitions").EnumerateArray())
            {
                view._ends[(stream, partition.GetProperty("partition").GetInt32())] = partition.GetProperty("logEndOffset").GetInt64();
            }
        }

        return view;
    }

    public long End(string stream, int partition) => _ends.GetValueOrDefault((stream, partition));

    /// <summary>The partitions that have more events than before, with the offset of the first and of the end.</summary>
    public IReadOnlyList<Growth> Since(LogView before) =>
    [
        .. _ends.Select(e => new Growth(e.Key.Stream, e.Key.Partition, before.End(e.Key.Stream, e.Key.Partition), e.Value)).Where(g => g.Count != 0),
    ];
}

/// <summary>The new events of a partition.</summary>
internal sealed record Growth(string Stream, int Partition, long From, long To)
{
    public long Count => To - From;
}
