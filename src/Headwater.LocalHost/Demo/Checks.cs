using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>Prints the result of each check of the demo, and records whether all passed.</summary>
internal sealed class Checks(IAnsiConsole console)
{
    public bool AllPassed { get; private set; } = true;

    public void That(bool holds, string what)
    {
        AllPassed &= holds;
        console.MarkupLineInterpolated(holds ? (FormattableString)$"  [green]ok[/]    {what}" : $"  [red]WRONG[/] {what}");
    }

    public void Stream(StreamResult result)
    {
        string name = result.Stream.Name;
        string posted = result.Posted.Where.Digest();
        That(result.Posted.Distinct && result.Posted.Where.IsDense(), $"{name}: every event has its own offset, without gaps");
        That(result.Read.Where.Count == result.Events, $"{name}: {result.Read.Where.Count:N0} of {result.Events:N0} events read back through the API");
        That(result.Read.Where.Digest() == posted, $"{name}: contents, partitions and offsets equal those posted ({posted[..16]}…)");
        That(
            result.Files.Where.Count == result.Events,
            $"{name}: {result.Files.Where.Count:N0} of {result.Events:N0} events found in the segment files by Apache.Avro");
        That(result.Files.Where.Digest() == posted, $"{name}: contents, partitions and offsets equal those posted");
    }
}
