using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>What the maintenance route takes and answers.</summary>
internal static class MaintenanceContracts
{
    public static RouteContract Run { get; } = new()
    {
        Id = "runMaintenance",
        Tag = "service",
        Bodies = [new(MediaTypes.Json, "MaintenanceRequest")],
        Answers = [new(200, "What was done; finished says whether there was time for everything.", new Content(MediaTypes.Json, "MaintenanceReport"))],
        Errors = [InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, StreamChanged, CorruptSegment],
    };
}
