#!/usr/bin/env bash
# Hangfire.NetCore 1.8.25: AddHangfire gives Hangfire's one log of the process the logger factory of the host that resolves it last. Once that host is disposed, every other host of the process, which has
# a logger factory of its own that works, fails with ObjectDisposedException where Hangfire asks for a logger: to start a server, for one. Tests with several hosts meet it, and so does a program that
# replaces its host. Who runs more than one host in a process sets a log provider that outlives them (LogProvider.SetCurrentLogProvider).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup><FrameworkReference Include="Microsoft.AspNetCore.App" /></ItemGroup>
  <ItemGroup><PackageReference Include="Hangfire.NetCore" Version="[1.8.25]" /><PackageReference Include="Hangfire.InMemory" Version="[1.0.0]" /></ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Hangfire;
using Hangfire.InMemory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

static ServiceProvider Host()
{
    var services = new ServiceCollection();
    services.AddLogging().AddHangfire(c => c.UseInMemoryStorage());
    var host = services.BuildServiceProvider();
    // What every use of Hangfire in a host does first.
    host.GetRequiredService<IGlobalConfiguration>();
    return host;
}

static string Starts(ServiceProvider host)
{
    try
    {
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 1 }, host.GetRequiredService<JobStorage>());
        return "starts";
    }
    catch (ObjectDisposedException e)
    {
        return $"fails with ObjectDisposedException of {e.ObjectName}";
    }
}

using var stays = Host();
string alone = Starts(stays);
var goes = Host();
string beside = Starts(stays);
goes.Dispose();
stays.GetRequiredService<ILoggerFactory>().CreateLogger("x").LogInformation("its own logger factory works");
string after = Starts(stays);
Console.WriteLine($"a server of the first host: {alone} alone, {beside} beside a second host, {after} after that one is gone");
return (alone, beside) == ("starts", "starts") && after.StartsWith("fails", StringComparison.Ordinal) ? 0 : 1;
CS
dotnet run -c Release
