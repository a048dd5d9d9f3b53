#!/usr/bin/env bash
# ML.NET 5.0.1, Microsoft.ML.FastTree 5.0.1: FastTree's ranker (LambdaMART) takes rows of one group only where they stand together. Where they do not it trains without a word and gives every row one and
# the same score. Sorted by group, the very same rows are ranked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML" Version="[5.0.1]" /><PackageReference Include="Microsoft.ML.FastTree" Version="[5.0.1]" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

var random = new Random(1);
Row[] scattered = [.. Enumerable.Range(0, 4000).Select(i =>
{
    float x = random.NextSingle();
    return new Row { Features = [x, random.NextSingle()], Label = x > 0.7f ? 2 : x > 0.4f ? 1 : 0, Group = (uint)(i % 200) };
})];

int DifferentScores(IEnumerable<Row> rows)
{
    var ml = new MLContext(seed: 5);
    var data = ml.Data.LoadFromEnumerable(rows);
    var model = ml.Ranking.Trainers.FastTree(new FastTreeRankingTrainer.Options { RowGroupColumnName = "Group", NumberOfTrees = 20, NumberOfThreads = 1 }).Fit(data);
    return model.Transform(data).GetColumn<float>("Score").Distinct().Count();
}

var seen = (Scattered: DifferentScores(scattered), Sorted: DifferentScores(scattered.OrderBy(r => r.Group)));
Console.WriteLine($"different scores of 4,000 rows in 200 groups: rows of a group scattered {seen.Scattered}, standing together {seen.Sorted}");
return seen is (1, > 10) ? 0 : 1;

public sealed class Row
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public float Label { get; set; }

    [KeyType(200)]
    public uint Group { get; set; }
}
CS
dotnet run -c Release
