using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ParkingTickets;

/// <summary>A small HTTP endpoint that answers from the views: no request reads the log. 503 if a view has failed, because its rows are old.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly WebApplication _web;

    private Desk(WebApplication web) => _web = web;

    public Uri Address => new(_web.Urls.First() + "/");

    public static async Task<Desk> StartAsync(Office office, string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        WebApplication web = builder.Build();
        web.Urls.Add(url);
        web.Use((context, next) => office.IsFollowing ? next(context) : Unavailable(context));
        web.MapGet("/debts", (RequestDelegate)(context => context.Response.WriteAsJsonAsync(
            office.Debts.Scan().ToDictionary(r => r.Key, r => r.Value), ParkingJson.Default.DictionaryStringDebt)));
        web.MapGet("/debts/{user}", (RequestDelegate)(context => office.Debts.TryGet(Text(context, "user"), out Debt? debt)
            ? context.Response.WriteAsJsonAsync(debt, ParkingJson.Default.Debt)
            : NotFound(context)));
        web.MapGet("/tickets/{number}", (RequestDelegate)(context => office.Lines.TryGet(Text(context, "number"), out TicketLine? line)
            ? context.Response.WriteAsJsonAsync(line, ParkingJson.Default.TicketLine)
            : NotFound(context)));
        await web.StartAsync();
        return new Desk(web);
    }

    /// <summary>Completes when Ctrl+C was pressed.</summary>
    public Task StoppedAsync() => _web.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static string Text(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static Task Unavailable(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
