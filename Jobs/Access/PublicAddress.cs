namespace Recsys.Batch.Jobs.Access;

/// <summary>The address under which people reach the console, for links that leave it.</summary>
internal static class PublicAddress
{
    /// <summary>Without a slash at its end.</summary>
    public static string Of(ServeOptions options) => (options.PublicUrl ?? options.Urls[0]).TrimEnd('/');
}
