using System.Reflection;
using Headwater.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Headwater.Functions.Tests;

/// <summary>One function as the Functions runtime finds it: a method with a name and a trigger.</summary>
/// <param name="Name">The name, unique in the app.</param>
/// <param name="Method">The method that is called.</param>
/// <param name="Trigger">The attribute on its first parameter.</param>
internal sealed record AppFunction(string Name, MethodInfo Method, Attribute Trigger)
{
    public static IReadOnlyList<AppFunction> All { get; } =
    [
        .. from type in typeof(HttpRoutes).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           from attribute in method.GetParameters()[0].GetCustomAttributes()
           where attribute is HttpTriggerAttribute or QueueTriggerAttribute or TimerTriggerAttribute
           select new AppFunction(function.Name, method, attribute),
    ];

    public static IEnumerable<(AppFunction Function, TTrigger Trigger)> With<TTrigger>()
        where TTrigger : Attribute => All.Where(f => f.Trigger is TTrigger).Select(f => (f, (TTrigger)f.Trigger));

    public static AppFunction Named(string name) => All.Single(f => f.Name == name);

    /// <summary>Calls the function on a new instance, constructed as the runtime does it.</summary>
    public Task CallAsync(IServiceProvider services, params object[] arguments)
    {
        object instance = ActivatorUtilities.CreateInstance(services, Method.DeclaringType!);
        return (Task)Method.Invoke(instance, arguments)!;
    }

    public override string ToString() => Name;
}
