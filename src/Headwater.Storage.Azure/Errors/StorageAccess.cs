namespace Headwater.Storage.Azure.Errors;

/// <summary>How the app gets access to one storage service, so that an error can say what to change.</summary>
/// <param name="Service">The service: blobs, tables or queues.</param>
/// <param name="Role">The role that an identity needs.</param>
/// <param name="KeySetting">The setting that holds the account key; null with an identity.</param>
internal sealed record StorageAccess(string Service, string Role, string? KeySetting)
{
    /// <summary>What the operator has to change after a call was denied.</summary>
    /// <param name="code">The service's error code; null if it has none.</param>
    public string RemedyFor(string? code) => (code, KeySetting) switch
    {
        ("KeyBasedAuthenticationNotPermitted", _) =>
            $"The account allows no account keys ({Service}): use an identity with the role '{Role}', or set allowSharedKeyAccess.",
        (_, { } setting) =>
            $"The account key in {setting} is wrong, or the account's network rules exclude this app ({Service}, {code ?? "no code"}).",
        ("AuthorizationFailure", null) =>
            $"The account's network rules exclude this app, or its identity lacks the role '{Role}' ({Service}).",
        (null, null) => $"No token could be obtained for this app's identity, which needs the role '{Role}' ({Service}).",
        _ => $"This app's identity needs the role '{Role}' ({Service}, {code}). A new role assignment takes effect after some minutes.",
    };
}
