namespace Recsys.Batch.Jobs.Api;

/// <summary>The OpenAPI document, written by hand; a test holds it against the endpoints and their answers.</summary>
internal static class OpenApi
{
    public static byte[] Read()
    {
        using var stream = typeof(OpenApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
