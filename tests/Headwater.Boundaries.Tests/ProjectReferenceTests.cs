using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Projects reference only what their <see cref="Layer"/> allows, in the project files and in the compiled assemblies.</summary>
public sealed class ProjectReferenceTests
{
    [Theory]
    [MemberData(nameof(Layer.Names), MemberType = typeof(Layer))]
    public void A_project_names_only_the_projects_below_it(string project)
    {
        IEnumerable<string> named = Items(project, "ProjectReference").Select(i => Path.GetFileNameWithoutExtension(i.Replace('\\', '/')));

        Rule.IsBrokenByNone(named.Except(Layer.Of(project).Projects));
    }

    [Theory]
    [MemberData(nameof(Layer.Names), MemberType = typeof(Layer))]
    public void A_project_names_only_the_packages_of_its_layer(string project) =>
        Rule.IsBrokenByNone(Items(project, "PackageReference").Except(Layer.Of(project).Packages));

    [Theory]
    [MemberData(nameof(Layer.Names), MemberType = typeof(Layer))]
    public void An_assembly_uses_only_what_its_layer_may(string project)
    {
        Layer layer = Layer.Of(project);
        IEnumerable<string> used = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!);

        Rule.IsBrokenByNone(used.Where(a => !IsBaseLibrary(a)
            && !layer.Projects.Contains(a)
            && !layer.Packages.Contains(a)
            && !layer.Assemblies.Any(p => a.StartsWith(p, StringComparison.Ordinal))));
    }

    [Fact]
    public void Only_the_schemas_of_Core_know_the_Avro_package()
    {
        Regex package = new(@"(^\s*using\s+(static\s+)?(\w+\s*=\s*)?(global::)?Avro\b)|(global::Avro\b)", RegexOptions.Multiline);

        IEnumerable<string> users = Repository.Files("src/Headwater.Core", "*.cs").Where(f => package.IsMatch(Repository.Read(f)));

        Rule.IsBrokenByNone(users.Where(f => !f.StartsWith("src/Headwater.Core/Schemas/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_project_of_src_has_a_layer() =>
        Assert.Equal(
            Layer.All.Select(l => l.Name).Order(),
            Repository.Files("src", "*.csproj").Select(p => Path.GetFileNameWithoutExtension(p)!).Order());

    /// <summary>If one host used a project that the other does not, the other would lack its behaviour.</summary>
    [Fact]
    public void The_function_app_stands_on_what_the_local_host_stands_on()
    {
        IEnumerable<string> named = XDocument.Parse(Repository.Read("functions", "Headwater.Functions.csproj"))
            .Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value));

        Assert.Equal(Layer.Of("Headwater.LocalHost").Projects.Order(), named.Order());
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Serverless.sln").Replace('\\', '/');

        Rule.IsBrokenByNone(
            new[] { "src", "functions", "tests", "samples" }
                .SelectMany(f => Repository.Files(f, "*.csproj"))
                .Where(p => !solution.Contains(p, StringComparison.Ordinal)));
    }

    private static bool IsBaseLibrary(string assembly) =>
        assembly is "mscorlib" or "netstandard" or "System" || assembly.StartsWith("System.", StringComparison.Ordinal)
            || assembly.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Parse(Repository.Read("src", project, $"{project}.csproj")).Descendants(kind).Select(e => e.Attribute("Include")!.Value);
}
