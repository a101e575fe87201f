using System.Globalization;

namespace Headwater.Simulation.Groups;

/// <summary>
/// The metadata that a process adds to its commits: its identity, and its state when it read the events. The log ignores it; the checker reads it.
/// </summary>
/// <param name="Process">The process; unlike a member id, unique to one process.</param>
/// <param name="Member">The member id; null without membership.</param>
/// <param name="Generation">The generation that the process acquired.</param>
/// <param name="Number">A number that makes the tag unique.</param>
internal sealed record CommitTag(string Process, string? Member, long Generation, long Number)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Process}|{Member}|{Generation}|{Number}");

    public static CommitTag Parse(string text)
    {
        string[] parts = text.Split('|');
        return new CommitTag(
            parts[0],
            parts[1].Length == 0 ? null : parts[1],
            long.Parse(parts[2], CultureInfo.InvariantCulture),
            long.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
