#!/usr/bin/env bash
# Parquet.Net 6.1.0: pages without compression are not read on the thread that asks for them, although the file lies in a MemoryStream, which answers at once. The library reads them through a stream of its
# own that has no ReadAsync, so .NET's default one hands every page to the thread pool. Pages that Snappy compressed are read where they are asked for. Who waits for a column without await blocks once a
# page, and who does so on threads of the pool can leave none to read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><PackageReference Include="Parquet.Net" Version="[6.1.0]" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Parquet;
using Parquet.Schema;

const int Groups = 20, Rows = 10_000;
var schema = new ParquetSchema(new DataField<int>("x"));
int plain = await ReadElsewhere(CompressionMethod.None), snappy = await ReadElsewhere(CompressionMethod.Snappy);
Console.WriteLine($"of {Groups} columns read from memory, those with bytes read on another thread: {plain} without compression, {snappy} with Snappy");
return (plain, snappy) == (Groups, 0) ? 0 : 1;

async Task<int> ReadElsewhere(CompressionMethod compression)
{
    var written = new MemoryStream();
    await using (var writer = await ParquetWriter.CreateAsync(schema, written, new ParquetOptions { CompressionMethod = compression }))
    {
        for (int g = 0; g < Groups; g++)
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(schema.DataFields[0], Enumerable.Range(g, Rows).ToArray());
        }
    }
    var stream = new Watched(written.ToArray());
    await using var reader = await ParquetReader.CreateAsync(stream);
    int elsewhere = 0;
    for (int g = 0; g < Groups; g++)
    {
        var values = new int[Rows];
        stream.Threads.Clear();
        int asking = Environment.CurrentManagedThreadId;
        reader.OpenRowGroupReader(g).ReadRawAsync(reader.Schema.DataFields[0], values.AsMemory(), null, null).AsTask().GetAwaiter().GetResult();
        if (values[^1] != g + Rows - 1) throw new InvalidOperationException("other values than were written");
        if (stream.Threads.Any(t => t != asking)) elsewhere++;
    }
    return elsewhere;
}

sealed class Watched(byte[] bytes) : MemoryStream(bytes, writable: false)
{
    public List<int> Threads { get; } = [];

    public override int Read(byte[] buffer, int offset, int count)
    {
        lock (Threads) Threads.Add(Environment.CurrentManagedThreadId);
        return base.Read(buffer, offset, count);
    }

    public override int Read(Span<byte> buffer)
    {
        lock (Threads) Threads.Add(Environment.CurrentManagedThreadId);
        return base.Read(buffer);
    }
}
CS
dotnet run -c Release
