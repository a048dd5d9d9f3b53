namespace Recsys.Batch.Jobs.Access;

/// <summary>What a user or a key may do. Each includes the ones before it.</summary>
internal enum AccessRole
{
    /// <summary>Looks at pages and reads the API.</summary>
    Viewer,

    /// <summary>Also triggers, cancels, pauses, rolls back.</summary>
    Operator,
}

/// <summary>Names of the authorization policies.</summary>
internal static class AccessPolicies
{
    /// <summary>Whoever may look. Holds for every endpoint that names no other.</summary>
    public const string Viewer = "viewer";

    /// <summary>Whoever may change something.</summary>
    public const string Operator = "operator";
}
