namespace Headwater.Infrastructure.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folders that hold templates: reusable modules in <c>bicep</c>, the deployed template in <c>infra</c>.</summary>
    public static IReadOnlyList<string> TemplateFolders { get; } = ["bicep", "infra"];

    public static string Root { get; } = Find();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Files of the template folders that match a pattern, as paths relative to the root.</summary>
    public static IReadOnlyList<string> Templates(string pattern) =>
        [.. TemplateFolders
            .SelectMany(folder => Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Serverless.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("Serverless.sln was not found in any folder above " + AppContext.BaseDirectory);
    }
}
