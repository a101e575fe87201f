using System.Globalization;

namespace Headwater.Simulation.Groups;

/// <summary>What a process writes as metadata of its commits: who it is, and what it knew when it read the events. The log never looks at it, the checker does.</summary>
/// <param name="Process">Unlike a member's id, no other process has it.</param>
/// <param name="Member">Null: without membership.</param>
/// <param name="Generation">That it acquired.</param>
/// <param name="Number">Makes it unique.</param>
internal sealed record CommitTag(string Process, string? Member, long Generation, long Number)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Process}|{Member}|{Generation}|{Number}");

    public static CommitTag Parse(string text)
    {
        string[] parts = text.Split('|');
        return new CommitTag(parts[0], parts[1].Length == 0 ? null : parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture), long.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
