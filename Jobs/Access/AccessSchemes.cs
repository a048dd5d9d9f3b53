namespace Recsys.Batch.Jobs.Access;

/// <summary>Names of the ways to say who one is.</summary>
internal static class AccessSchemes
{
    /// <summary>Picks one of the others by what the request carries.</summary>
    public const string Any = "any";

    public const string Session = "session";

    public const string Key = "key";

    public const string OpenId = "openid";

    public const string Development = "development";
}
