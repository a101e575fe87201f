using Headwater.Contracts.Errors;
using Headwater.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Pipeline;

/// <summary>Decides whether a request may use a route, before anything of it is read.</summary>
/// <returns>The caller's name, empty while callers have none. Idempotency keys are kept apart by it.</returns>
/// <exception cref="HeadwaterException"><see cref="ErrorCode.Forbidden"/>: it may not.</exception>
public delegate ValueTask<string> AccessPolicy(HttpContext context, Route route);
