namespace Headwater.Infrastructure.Tests;

/// <summary>Security settings that every environment must have.</summary>
public sealed class SecurityTests(Templates templates)
{
    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_storage_account_knows_a_shared_key(string environment) => Everywhere(environment, Accounts, "allowSharedKeyAccess", "false");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void No_storage_account_shows_a_blob_to_the_public(string environment) => Everywhere(environment, Accounts, "allowBlobPublicAccess", "false");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Storage_accounts_speak_HTTPS_alone(string environment) => Everywhere(environment, Accounts, "supportsHttpsTrafficOnly", "true");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Storage_accounts_speak_TLS_1_2_at_least(string environment) => Everywhere(environment, Accounts, "minimumTlsVersion", "TLS1_2");

    /// <summary>Append blobs can be sealed only in an account with a flat namespace.</summary>
    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Storage_accounts_have_a_flat_namespace(string environment) => Everywhere(environment, Accounts, "isHnsEnabled", "false");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_speaks_HTTPS_alone(string environment) => Everywhere(environment, Apps, "httpsOnly", "true");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_speaks_TLS_1_2_at_least(string environment) => Everywhere(environment, Apps, "siteConfig.minTlsVersion", "1.2");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Code_is_not_deployed_with_a_password(string environment) =>
        Everywhere(environment, "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "allow", "false");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_package_is_fetched_with_an_identity(string environment) =>
        Everywhere(environment, Apps, "functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity");

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Telemetry_is_taken_from_identities_alone(string environment) =>
        Everywhere(environment, "Microsoft.Insights/components", "DisableLocalAuth", "true");

    [Fact]
    public void Storage_of_prod_is_closed_to_the_internet() => Everywhere("prod", Accounts, "publicNetworkAccess", "Disabled");

    [Fact]
    public void The_log_of_prod_outlives_a_data_centre() =>
        Assert.All(
            templates.Resources("prod").Where(r => r.Type == Accounts),
            a => Assert.Equal("Standard_ZRS", a.Json.GetProperty("sku").GetProperty("name").GetString()));

    [Fact]
    public void No_template_asks_for_a_key() =>
        Rule.IsBrokenByNone(new[] { "listKeys", "listAccountSas", "listServiceSas", "listSecrets", "listCredentials" }
            .Where(f => templates.ArmText.Contains(f, StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void No_output_of_the_deployment_is_a_secret()
    {
        string[] outputs = [.. templates.Arm.GetProperty("outputs").EnumerateObject().Select(o => o.Name)];

        // Every reader of deployments can read their outputs, so a new output must be reviewed.
        Assert.Equal(["AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME", "HEADWATER_URL", "LOG_STORAGE_ACCOUNT"], outputs);
    }

    private const string Accounts = "Microsoft.Storage/storageAccounts";
    private const string Apps = "Microsoft.Web/sites";

    private void Everywhere(string environment, string type, string property, string value)
    {
        Resource[] resources = [.. templates.Resources(environment).Where(r => r.Type == type)];

        Assert.NotEmpty(resources);
        Rule.IsBrokenByNone(resources.Where(r => r.Property(property) != value).Select(r => $"{r}: {property} is {r.Property(property) ?? "not set"}"));
    }
}
