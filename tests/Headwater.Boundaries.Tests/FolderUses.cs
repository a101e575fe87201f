using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Headwater.Boundaries.Tests;

/// <summary>One folder of a project uses a type of another.</summary>
/// <param name="From">The folder that uses the type, relative to the project.</param>
/// <param name="To">The folder that declares the type.</param>
/// <param name="Example">A file and a type.</param>
internal sealed record FolderUse(string From, string To, string Example);

/// <summary>Finds which top-level folders of a project use which others, from the compiler's semantic model.</summary>
internal static class FolderUses
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<FolderUse>>> Known = new();

    /// <summary>Each pair of folders once, with an example. The first call compiles the project.</summary>
    public static IReadOnlyList<FolderUse> Of(string project) => Known.GetOrAdd(project, p => new Lazy<IReadOnlyList<FolderUse>>(() => Find(p))).Value;

    private static IReadOnlyList<FolderUse> Find(string project)
    {
        string folder = $"src/{project}";
        SyntaxTree[] trees =
        [
            .. Repository.Files(folder, "*.cs").Select(f => CSharpSyntaxTree.ParseText(Repository.Read(f), Options, f[(folder.Length + 1)..])),
        ];
        var compilation = CSharpCompilation.Create(project, [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, Options)], References(project));
        return
        [
            .. trees.SelectMany(tree => Uses(compilation.GetSemanticModel(tree), tree))
                .GroupBy(u => (u.From, u.To)).Select(g => g.First()).OrderBy(u => u.From, StringComparer.Ordinal).ThenBy(u => u.To, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<FolderUse> Uses(SemanticModel model, SyntaxTree tree)
    {
        string from = TopFolder(tree.FilePath);
        foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes(descendIntoTrivia: false).OfType<SimpleNameSyntax>())
        {
            ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
            INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            string? declared = type?.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
            if (string.IsNullOrEmpty(declared) || TopFolder(declared) == from)
            {
                continue;
            }

            yield return new FolderUse(from, TopFolder(declared), $"{tree.FilePath} uses {type!.Name}");
        }
    }

    private static string TopFolder(string path) =>
        path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : FolderLayers.Root;

    /// <summary>All assemblies that these tests run with, except the project itself.</summary>
    private static IEnumerable<MetadataReference> References(string project) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(f => Path.GetFileNameWithoutExtension(f) != project)
            .Select(f => MetadataReference.CreateFromFile(f));
}
