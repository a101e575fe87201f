using Headwater.Storage.Azure.Metering;
using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>Prints the measurements of the demo as tables.</summary>
internal sealed class Report(IAnsiConsole console)
{
    private const double Mega = 1e6;

    public void States(StateReport states)
    {
        Table table = Titled("Worst mean arrival delay by state of origin", "state", "flights", "minutes");
        foreach (StateDelay state in states.Worst)
        {
            Row(table, state.State, $"{state.Flights:N0}", $"{state.MeanDelay:F2}");
        }

        console.Write(table);
        console.WriteLine($"{states.WithoutAirport} flights departed from deleted airports.");
        console.WriteLine();
    }

    public void Speed(IReadOnlyList<StreamResult> results)
    {
        Table table = Titled(
            "Throughput and size", "stream", "events", "events/s in", "events/s out", "events/s files", "bytes posted", "bytes stored", "ratio");
        foreach (StreamResult r in results)
        {
            Row(
                table,
                r.Stream.Name,
                $"{r.Events:N0}",
                $"{r.Events / r.Posted.Elapsed.TotalSeconds:N0}",
                $"{r.Events / r.Read.Elapsed.TotalSeconds:N0}",
                $"{r.Events / r.Files.Elapsed.TotalSeconds:N0}",
                $"{r.Posted.Bytes:N0}",
                $"{r.Files.Bytes:N0}",
                $"{(double)r.Files.Bytes / r.Posted.Bytes:P0}");
        }

        console.Write(table);
        console.WriteLine("in: posted as JSON; out: read as JSON through the API; files: downloaded and decoded by Apache.Avro. All run on this machine.");
        console.WriteLine();
    }

    public void BesideRaw(StreamResult bulk, AvroRead avro, RawRates raw)
    {
        Table table = Titled(
            $"Rates of {bulk.Stream.Name} in stored bytes, compared to the same storage without Headwater",
            "", "Headwater MB/s", "raw MB/s", "Headwater/raw", "as JSON MB/s");
        double unpacked = (double)bulk.Posted.Bytes / bulk.Files.Bytes;
        AddRate("append", bulk.Files.Bytes / bulk.Posted.Elapsed.TotalSeconds, raw.Append);
        AddRate("read as JSON", bulk.Files.Bytes / bulk.Read.Elapsed.TotalSeconds, raw.Download);
        AddRate("read as Avro", avro.BytesPerSecond, raw.Download);
        AddRate("read segment files", bulk.Files.Bytes / bulk.Files.Download.TotalSeconds, raw.Download);
        console.Write(table);
        console.WriteLine("raw: the same number of AppendBlock calls of the same mean size, and complete downloads, on the same Azurite in the same run.");
        console.WriteLine("as JSON: the same events at the size of their JSON form.");
        console.WriteLine();

        void AddRate(string what, double ours, double theirs) =>
            Row(table, what, $"{ours / Mega:F1}", $"{theirs / Mega:F1}", $"{ours / theirs:P0}", $"{ours * unpacked / Mega:F0}");
    }

    public void Cost(StreamResult bulk)
    {
        Table table = Titled($"Storage calls per million events of {bulk.Stream.Name}", "call", "appending", "reading", "$ appending", "$ reading");
        decimal million = 1_000_000m / bulk.Events;
        foreach (StorageOperation operation in bulk.Appending.Calls.Keys.Union(bulk.Reading.Calls.Keys).Order())
        {
            decimal price = PriceList.Of(operation) * million;
            long appending = bulk.Appending.Of(operation);
            long reading = bulk.Reading.Of(operation);
            Row(
                table,
                StorageMeter.NameOf(operation),
                $"{appending * million:N0}",
                $"{reading * million:N0}",
                $"{appending * price:F6}", $"{reading * price:F6}");
        }

        Row(
            table,
            "all",
            $"{bulk.Appending.Calls.Values.Sum() * million:N0}",
            $"{bulk.Reading.Calls.Values.Sum() * million:N0}",
            $"{bulk.Appending.Price * million:F6}",
            $"{bulk.Reading.Price * million:F6}");
        console.Write(table);
        decimal gigabytes = bulk.Files.Bytes * million / 1_000_000_000m;
        console.WriteLine($"Storing a million events: {gigabytes:F4} GB, ${gigabytes * PriceList.Gigabyte:F6} per month. Prices: {PriceList.Name}.");
        console.WriteLine();
    }

    private Table Titled(string title, params string[] columns)
    {
        console.WriteLine(title);
        Table table = new Table().Border(TableBorder.Simple);
        for (int i = 0; i < columns.Length; i++)
        {
            TableColumn column = new TableColumn(columns[i]).NoWrap();
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        return table;
    }

    // The whole program runs in the invariant culture.
    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(c => new Text(c))]);
}
