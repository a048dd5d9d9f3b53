namespace Recsys.Batch.Jobs.Tests;

/// <summary>Where the repository that these tests were built from lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Data => Path.Combine(Root, "data");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Recsys.Batch.sln"))) return folder.FullName;
        throw new InvalidOperationException("the tests must run from a build inside the repository");
    }
}
