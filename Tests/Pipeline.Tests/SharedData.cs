namespace Recsys.Batch.Pipeline.Tests;

/// <summary>Data that may not be shipped with the project: beside the repository, or where RECSYS_SHARED_DATA says.</summary>
internal static class SharedData
{
    /// <summary>The path of a folder or file; a test that needs what is not there is inconclusive.</summary>
    public static string Folder(params string[] parts)
    {
        string? root = Environment.GetEnvironmentVariable("RECSYS_SHARED_DATA");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); root is null && at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Recsys.Batch.sln"))) root = Path.Combine(at.Parent?.FullName ?? at.FullName, "shared", "data");
        string path = Path.Combine([root ?? "", .. parts]);
        if (!Path.Exists(path)) Assert.Inconclusive($"{path} is not there: this test needs data that the project may not ship (set RECSYS_SHARED_DATA)");
        return path;
    }
}
