using System.Reflection;

namespace Recsys.Batch.Pipeline;

/// <summary>Which set of engines was compiled in; chosen by the build (<c>-p:Stack=...</c>).</summary>
public static class StackChoice
{
    /// <summary><c>MLNet</c> or <c>Portable</c>.</summary>
    public static string Name { get; } =
        typeof(StackChoice).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Stack").Value!;
}
