using System.Reflection;

namespace Headwater.Contracts.Media;

/// <summary>The version of the running build.</summary>
public static class ApiVersion
{
    /// <summary>The informational version of this assembly without the commit after <c>+</c>; <c>0.0.0</c> if the build set none.</summary>
    public static string Text { get; } =
        typeof(ApiVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
