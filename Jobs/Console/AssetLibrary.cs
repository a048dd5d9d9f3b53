using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Recsys.Batch.Jobs.Console;

/// <summary>
/// Style sheets, scripts and pictures of the pages, embedded in the program: they are there without a network and without a folder beside it.
/// </summary>
internal sealed class AssetLibrary
{
    private const string Prefix = "console/";

    private readonly FrozenDictionary<string, Asset> _assets;

    public AssetLibrary()
    {
        var assembly = typeof(AssetLibrary).Assembly;
        var types = new FileExtensionContentTypeProvider();
        _assets = assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => new Asset(name[Prefix.Length..].Replace('\\', '/'), Type(types, name), Read(assembly, name)))
            .ToFrozenDictionary(a => a.Name, StringComparer.Ordinal);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var asset in _assets.Values.OrderBy(a => a.Name, StringComparer.Ordinal)) all.AppendData(asset.Bytes);
        Hash = Convert.ToHexStringLower(all.GetHashAndReset().AsSpan(0, 6));
    }

    /// <summary>Changes with any file: it stands in every address, so that a browser may keep what it has for good.</summary>
    public string Hash { get; }

    /// <summary>The address of an asset below the host's root.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public string Address(string name) =>
        _assets.ContainsKey(name) ? $"/assets/{Hash}/{name}" : throw new KeyNotFoundException($"the console has no asset '{name}'");

    internal Asset? Find(string name) => _assets.GetValueOrDefault(name);

    private static string Type(FileExtensionContentTypeProvider types, string name) =>
        types.TryGetContentType(name, out string? type) ? type : "application/octet-stream";

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    internal sealed record Asset(string Name, string ContentType, byte[] Bytes);
}
