namespace Headwater.Infrastructure.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Where templates are; what is deployed stands on modules.</summary>
    public static IReadOnlyList<string> TemplateFolders { get; } = ["bicep", "infra"];

    public static string Root { get; } = Find();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Files of the template folders, as paths from the root.</summary>
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

        throw new DirectoryNotFoundException("Serverless.sln stands in no folder above " + AppContext.BaseDirectory);
    }
}
