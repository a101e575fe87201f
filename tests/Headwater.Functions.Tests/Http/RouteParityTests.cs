using Headwater.Http;
using Headwater.Http.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Headwater.Functions.Tests.Http;

/// <summary>The function app has exactly the routes of the local host's route table.</summary>
public sealed class RouteParityTests : IAsyncDisposable
{
    private const string CatchAll = "{*path}";

    private readonly TestApp _app = new();

    private IReadOnlyList<Route> Routes => _app.Services.GetRequiredService<HeadwaterApi>().Routes;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void Every_route_has_one_function_with_its_path_methods_and_level_and_no_function_is_without_route()
    {
        IEnumerable<string> table = Routes.Select(r => $"{r.Template} [{Text(r.Methods)}] {r.Access}").Order();
        IEnumerable<string> bound = Bound().Select(t => $"{t.Route} [{Text(t.Methods!)}] {t.AuthLevel}").Order();

        Assert.Equal(table, bound);
    }

    [Fact]
    public void What_no_route_takes_has_a_function_for_every_method()
    {
        HttpTriggerAttribute rest = AppFunction.With<HttpTriggerAttribute>().Select(f => f.Trigger).Single(t => t.Route == CatchAll);

        Assert.Equal(("DELETE GET HEAD OPTIONS PATCH POST PUT", AuthorizationLevel.Function), (Text(rest.Methods!), rest.AuthLevel));
    }

    [Fact]
    public void Function_names_are_unique() =>
        Assert.Equal(AppFunction.All.Select(f => f.Name).Distinct(StringComparer.OrdinalIgnoreCase), AppFunction.All.Select(f => f.Name));

    private static IEnumerable<HttpTriggerAttribute> Bound() => AppFunction.With<HttpTriggerAttribute>().Select(f => f.Trigger).Where(t => t.Route != CatchAll);

    private static string Text(IEnumerable<string> methods) => string.Join(' ', methods.Select(m => m.ToUpperInvariant()).Order());
}
