using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Headwater.Clients.Tests;

/// <summary>Compiles a generated client together with a program that uses it, and runs the program.</summary>
internal static class Compilation
{
    /// <param name="name">The program's name.</param>
    /// <param name="generated">The client's source.</param>
    /// <param name="address">The address of the server to call.</param>
    /// <returns>The results that the program received, one line per call.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(string name, IEnumerable<string> generated, Uri address)
    {
        Assembly program = Load(name, [.. generated, Program(name)]);
        var run = program.GetType("Program")!.GetMethod("RunAsync")!.CreateDelegate<Func<Uri, Task<IReadOnlyList<string>>>>();
        return await run(address);
    }

    private static Assembly Load(string name, IReadOnlyList<string> sources)
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            $"{name}.Client",
            sources.Select(s => CSharpSyntaxTree.ParseText(s)),
            platform.Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        IEnumerable<string> errors = compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString());
        Assert.Empty(errors);
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }

    private static string Program(string name)
    {
        using Stream stream = typeof(Compilation).Assembly.GetManifestResourceStream($"{name}.cs")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
