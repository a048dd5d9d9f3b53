namespace Recsys.Batch.Pipeline.Tests;

/// <summary>The checkout in which the tests were built.</summary>
internal static class RepositoryRoot
{
    public static readonly string Path = Find();

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(at!.FullName, "Recsys.Batch.sln"))) at = at.Parent;
        return at.FullName;
    }
}
