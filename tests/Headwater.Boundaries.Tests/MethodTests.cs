using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Sizes of methods and constructors. A method's lines are those from its first brace or arrow to its end.</summary>
public sealed class MethodTests
{
    private const int LongestMethod = 60;
    private const int UsualMethod = 30;
    private const int MostParameters = 6;

    private static readonly Lazy<IReadOnlyList<(string File, SyntaxNode Root)>> Parsed = new(
        () =>
        [
            .. Repository.Files("src", "*.cs").Concat(Repository.Files("functions", "*.cs"))
                .Select(f => (f, CSharpSyntaxTree.ParseText(Repository.Read(f)).GetRoot())),
        ]);

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        Rule.IsBrokenByNone(Methods().Where(m => m.Lines > LongestMethod).Select(m => $"{m.File}: {m.Name}: {m.Lines}"));

    [Fact]
    public void Nine_methods_of_ten_have_at_most_30_lines()
    {
        int[] lengths = [.. Methods().Select(m => m.Lines).Order()];

        Assert.InRange(lengths[lengths.Length * 9 / 10], 1, UsualMethod);
    }

    [Fact]
    public void No_constructor_has_more_than_six_parameters() =>
        Rule.IsBrokenByNone(Constructors().Where(c => c.Parameters > MostParameters).Select(c => $"{c.File}: {c.Name}: {c.Parameters}"));

    private static IEnumerable<(string File, string Name, int Lines)> Methods() =>
        from file in Parsed.Value
        from method in file.Root.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
        let body = (SyntaxNode?)method.Body ?? method.ExpressionBody
        where body is not null
        let span = body.GetLocation().GetLineSpan()
        select (file.File, NameOf(method), span.EndLinePosition.Line - span.StartLinePosition.Line + 1);

    /// <summary>Records are left out: theirs are data, built with names.</summary>
    private static IEnumerable<(string File, string Name, int Parameters)> Constructors() =>
        from file in Parsed.Value
        from node in file.Root.DescendantNodes()
        let found = node switch
        {
            ConstructorDeclarationSyntax declared => (declared.Identifier.Text, declared.ParameterList.Parameters.Count),
            ClassDeclarationSyntax { ParameterList: { } primary } type => (type.Identifier.Text, primary.Parameters.Count),
            StructDeclarationSyntax { ParameterList: { } primary } type => (type.Identifier.Text, primary.Parameters.Count),
            _ => ("", 0),
        }
        where found.Item1.Length > 0
        select (file.File, found.Item1, found.Item2);

    private static string NameOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };
}
