using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Requests;

/// <summary>Reads the names in a request's path.</summary>
internal static class RequestPath
{
    /// <exception cref="HeadwaterException">InvalidName, ReservedName.</exception>
    public static StreamName Stream(HttpContext context) => StreamName.Parse(Value(context, "stream"));

    public static string Producer(HttpContext context) => Value(context, "producer");

    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static GroupName Group(HttpContext context) => GroupName.Parse(Value(context, "group"));

    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static MemberName Member(HttpContext context) => MemberName.Parse(Value(context, "member"));

    /// <exception cref="HeadwaterException">InvalidParameter if the text is not a number; PartitionNotFound if the stream has no such partition.</exception>
    public static PartitionId Partition(HttpContext context, StreamDescription stream)
    {
        string text = Value(context, "partition");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw Refusals.Parameter("partition", $"must be a whole number from 0 to {stream.Partitions - 1}, not '{text}'.");
        }

        return stream.Partition(number);
    }

    private static string Value(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
