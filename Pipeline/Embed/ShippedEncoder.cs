namespace Recsys.Batch.Pipeline.Embed;

/// <summary>The encoder that comes with the program: <c>data/text-encoder</c> beside it, or in the repository that it was built in.</summary>
internal static class ShippedEncoder
{
    private static readonly string Folder = Path.Combine("data", "text-encoder");

    /// <summary>Null where it is nowhere.</summary>
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Folder, "model.onnx"))) return Path.Combine(folder.FullName, Folder);
        return null;
    }
}
