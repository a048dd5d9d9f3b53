#!/usr/bin/env bash
# Microsoft.ML 5.0.1: a key that an object holds as a number is not the number that ML.NET hands back. LoadFromEnumerable takes a uint under [KeyType(3)] as counted from 0, so 0 is the first key and 3, one past
# the last, becomes "missing" without an error; CreateEnumerable gives the same column counted from 1, with 0 for missing. Who writes 1 to n, as the rest of ML.NET counts, loses every row of class n and
# learns the others one class off; who writes back what was read moves all keys by one each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML" Version="[5.0.1]" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext(seed: 1);
uint[] written = [0, 1, 2, 3];
uint[] once = Through(written);
uint[] twice = Through(once);
Console.WriteLine($"written {string.Join(' ', written)}; read back {string.Join(' ', once)}; written and read again {string.Join(' ', twice)}");
return once.SequenceEqual(new uint[] { 1, 2, 3, 0 }) && twice.SequenceEqual(new uint[] { 2, 3, 0, 1 }) ? 0 : 1;

uint[] Through(uint[] keys)
{
    var data = ml.Data.LoadFromEnumerable(keys.Select(k => new Row { Class = k }));
    return [.. ml.Data.CreateEnumerable<Row>(data, reuseRowObject: false).Select(r => r.Class)];
}

internal sealed class Row
{
    [KeyType(3)]
    public uint Class { get; set; }
}
CS
dotnet run -c Release
