using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Recsys.Batch.PretrainedEncoder;

/// <summary>The resources of an assembly, read as bytes of a file: nothing of it is loaded or run.</summary>
internal static class PackageResources
{
    public static IEnumerable<(string Name, byte[] Bytes)> Read(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        int start = image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress;
        foreach (var handle in metadata.ManifestResources)
        {
            var resource = metadata.GetManifestResource(handle);
            // One of another file or assembly has no bytes here.
            if (!resource.Implementation.IsNil) continue;
            var section = image.GetSectionData(start).GetReader();
            section.Offset = checked((int)resource.Offset);
            yield return (metadata.GetString(resource.Name), section.ReadBytes(section.ReadInt32()));
        }
    }
}
