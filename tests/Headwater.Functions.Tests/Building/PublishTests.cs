using System.Xml.Linq;
using Xunit;

namespace Headwater.Functions.Tests.Building;

/// <summary>What the project file allows to be published.</summary>
public sealed class PublishTests
{
    [Fact]
    public void A_developers_own_settings_are_never_published()
    {
        XElement settings = XDocument.Load(Repository.PathOf("functions", "Headwater.Functions.csproj")).Descendants()
            .Single(e => e.Attribute("Update")?.Value == "local.settings.json");

        Assert.Equal("Never", settings.Attribute("CopyToPublishDirectory")?.Value);
    }

    /// <summary>With two projects, <c>dotnet publish functions</c> would be ambiguous.</summary>
    [Fact]
    public void The_folder_of_the_app_holds_one_project() => Assert.Single(Directory.EnumerateFiles(Repository.PathOf("functions"), "*.*proj"));
}
