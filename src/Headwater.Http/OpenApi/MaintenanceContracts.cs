using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>The requests and responses of the maintenance route.</summary>
internal static class MaintenanceContracts
{
    public static RouteContract Run { get; } = new()
    {
        Id = "runMaintenance",
        Tag = "service",
        Bodies = [new(MediaTypes.Json, "MaintenanceRequest")],
        Answers = [new(200, "What was done. finished says whether the budget was enough for all of it.", new Content(MediaTypes.Json, "MaintenanceReport"))],
        Errors = [InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, StreamChanged, CorruptSegment],
    };
}
