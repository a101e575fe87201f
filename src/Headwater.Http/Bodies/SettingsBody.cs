using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Http.Requests;
using Headwater.Log.Budgets;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Bodies;

/// <summary>Reads a body that is a JSON object of settings.</summary>
internal sealed class SettingsBody(RequestBody bodies)
{
    /// <param name="context">The request.</param>
    /// <param name="accepted">The accepted media types.</param>
    /// <param name="read">Reads the members it knows.</param>
    /// <returns>The result of <paramref name="read"/>. An empty body counts as an empty object.</returns>
    /// <exception cref="HeadwaterException">UnsupportedMediaType, MalformedBody, UnknownMember, InvalidParameter.</exception>
    public async Task<T> ReadAsync<T>(HttpContext context, IReadOnlyList<string> accepted, Func<SettingsMembers, T> read)
    {
        string? type = ContentType.Of(context.Request, accepted);
        if (type is not null && !accepted.Contains(type))
        {
            throw Refusals.MediaType(type, accepted);
        }

        using PooledBytes body = await bodies.ReadSettingsAsync(context);
        using ParsedJson document = JsonBodies.ParseSettings(body.Memory, body.Budget);
        if (document.Root.ValueKind != JsonValueKind.Object)
        {
            throw Refusals.MalformedBody($"The body must be a JSON object of settings, not {JsonKinds.Name(document.Root)}.");
        }

        var faults = new BodyFaults();
        var members = new SettingsMembers(document.Root, "", faults);
        T settings = read(members);
        members.RefuseOthers();
        faults.ThrowIfAny();
        return settings;
    }
}
