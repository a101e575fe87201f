using Headwater.Contracts.Errors;
using Headwater.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Pipeline;

/// <summary>Decides whether a request may use a route, before its body is read.</summary>
/// <returns>The caller's name, or an empty string. Equal idempotency keys of different callers are distinct.</returns>
/// <exception cref="HeadwaterException"><see cref="ErrorCode.Forbidden"/>: the caller may not use the route.</exception>
public delegate ValueTask<string> AccessPolicy(HttpContext context, Route route);
