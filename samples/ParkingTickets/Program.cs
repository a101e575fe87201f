using ParkingTickets;

const string Usage = """
    dotnet run --project samples/ParkingTickets -- verify             starts a local host of its own and checks every way to the same totals
    dotnet run --project samples/ParkingTickets -- serve ADDRESS      answers /debts/{user} and /tickets/{number} from the log at ADDRESS
    """;
switch (args)
{
    case ["verify"]:
        return await Verification.RunAsync(TimeProvider.System);
    case ["serve", var address]:
        await using (Office office = await Office.StartAsync(new Uri(address), "parking-snapshots"))
        await using (Desk desk = await Desk.StartAsync(office, "http://127.0.0.1:5080"))
        {
            Console.WriteLine($"GET {desk.Address}debts/u1");
            await desk.StoppedAsync();
        }

        return 0;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 1;
}
