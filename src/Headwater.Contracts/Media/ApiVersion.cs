using System.Reflection;

namespace Headwater.Contracts.Media;

/// <summary>The version this was built as.</summary>
public static class ApiVersion
{
    public static string Text { get; } =
        typeof(ApiVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
