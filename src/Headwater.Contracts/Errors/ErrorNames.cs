using System.Text.Json;

namespace Headwater.Contracts.Errors;

/// <summary>Names of codes on the wire: the snake_case of the enum's members.</summary>
public static class ErrorNames
{
    /// <summary>For example <c>stream_not_found</c>.</summary>
    public static string WireName(this ErrorCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());

    /// <summary><c>no</c>, <c>partial</c> or <c>unknown</c>.</summary>
    public static string WireName(this Appended appended) => JsonNamingPolicy.SnakeCaseLower.ConvertName(appended.ToString());
}
