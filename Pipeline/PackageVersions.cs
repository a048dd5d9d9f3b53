using System.Reflection;

namespace Recsys.Batch.Pipeline;

/// <summary>Versions of NuGet packages as the build resolved them, which leaves them in each assembly (Directory.Build.targets).</summary>
internal static class PackageVersions
{
    /// <param name="assembly">One whose project references the package, itself or by another.</param>
    public static string Of(string package, Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "Package:" + package)?.Value
        ?? throw new InvalidOperationException($"{assembly.GetName().Name} was built without {package}");

    /// <summary>The same of a package that this assembly references.</summary>
    public static string Of(string package) => Of(package, typeof(PackageVersions).Assembly);
}
