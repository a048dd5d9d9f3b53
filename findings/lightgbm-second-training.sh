#!/usr/bin/env bash
# ML.NET 5.0.1, Microsoft.ML.LightGbm 5.0.1 (needs libgomp1): where there are many rows, LightGBM's bins are sampled with the generator of the MLContext. So a second training in the same MLContext
# differs from the first although seed, options and rows are the same: with 200,000 rows it does, with 65,536 not, nor with a new MLContext of the same seed for each training.
# Who trains more than once in a process and promises equal bytes has to make a new MLContext for every training.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML" Version="[5.0.1]" /><PackageReference Include="Microsoft.ML.LightGbm" Version="[5.0.1]" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

static Row[] Rows(int count)
{
    var random = new Random(1);
    return [.. Enumerable.Range(0, count).Select(_ =>
    {
        float[] x = [random.NextSingle(), random.NextSingle(), random.NextSingle()];
        return new Row { Features = x, Label = x[0] * x[1] + 0.1f * random.NextSingle() };
    })];
}

static float[] Train(MLContext ml, Row[] rows)
{
    var data = ml.Data.LoadFromEnumerable(rows);
    var model = ml.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options { NumberOfThreads = 1, NumberOfIterations = 20, NumberOfLeaves = 15, LearningRate = 0.1, Seed = 5 }).Fit(data);
    return [.. model.Transform(data).GetColumn<float>("Score").Take(1000)];
}

bool Equal(int count, bool fresh)
{
    var rows = Rows(count);
    var ml = new MLContext(seed: 5);
    var first = Train(ml, rows);
    return first.SequenceEqual(Train(fresh ? new MLContext(seed: 5) : ml, rows));
}

var seen = (Small: Equal(65_536, fresh: false), Large: Equal(200_000, fresh: false), Fresh: Equal(200_000, fresh: true));
Console.WriteLine($"equal scores of two trainings: 65,536 rows in one MLContext {seen.Small}; 200,000 rows in one MLContext {seen.Large}; 200,000 rows, each in a new MLContext {seen.Fresh}");
return seen is (true, false, true) ? 0 : 1;

public sealed class Row
{
    [VectorType(3)]
    public float[] Features { get; set; } = [];

    public float Label { get; set; }
}
CS
dotnet run -c Release
