using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>What the demo found to be as it should, or not.</summary>
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
        That(result.Posted.Distinct && result.Posted.Where.IsDense(), $"{name}: every event was given an offset of its own, without gaps");
        That(result.Read.Where.Count == result.Events, $"{name}: {result.Read.Where.Count:N0} of {result.Events:N0} events read back through the API");
        That(result.Read.Where.Digest() == posted, $"{name}: their contents and places are those posted ({posted[..16]}…)");
        That(result.Files.Where.Count == result.Events, $"{name}: {result.Files.Where.Count:N0} of {result.Events:N0} events found in the segment files by Apache.Avro");
        That(result.Files.Where.Digest() == posted, $"{name}: their contents and places are those posted");
    }
}
