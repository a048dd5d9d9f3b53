using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Stack;

/// <summary>Dockerfile and compose.yaml against the repository: what they copy is there, and what they configure is known and allowed.</summary>
[TestClass]
internal sealed class ImageTests
{
    private static readonly string Image = Text("Dockerfile");
    private static readonly string Compose = Text("compose.yaml");

    [TestMethod]
    public void What_the_image_copies_from_the_repository_is_there_and_not_ignored()
    {
        string[] ignored = [.. Text(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        var copied = Regex.Matches(Image, "^COPY (?!--from)(.+) [^ ]+$", RegexOptions.Multiline)
            .SelectMany(m => m.Groups[1].Value.Split(' '))
            .Where(p => p != ".")
            .ToList();
        string built = Regex.Match(Image, "dotnet publish ([^ ]+)").Groups[1].Value;

        Assert.IsFalse(Image.Contains("npm", StringComparison.Ordinal), "the SDK alone builds the product");
        foreach (string path in copied.Append(built))
        {
            Assert.IsTrue(File.Exists(Path.Combine(Repository.Root, path)), path);
            Assert.IsFalse(ignored.Contains(path) || ignored.Contains(path.Split('/')[0]), path);
        }
    }

    [TestMethod]
    public void The_image_runs_as_nobody_tells_its_health_and_serves_its_named_port()
    {
        string user = Regex.Match(Image, "^USER (.+)$", RegexOptions.Multiline).Groups[1].Value;
        string port = Regex.Match(Image, "^EXPOSE (.+)$", RegexOptions.Multiline).Groups[1].Value;

        Assert.IsTrue(int.Parse(user.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture) > 0);
        StringAssert.Contains(Image, $"http://localhost:{port}/health/live");
        StringAssert.Contains(Image, $"RECSYS_Serve__Urls__0=http://0.0.0.0:{port}");
        StringAssert.Contains(Compose, $"127.0.0.1:{port}:{port}");
        Assert.IsTrue(Regex.IsMatch(Image, """^CMD \["serve"\]$""", RegexOptions.Multiline));
    }

    [TestMethod]
    public void What_image_and_compose_file_configure_is_known_and_lets_the_host_start()
    {
        var variables = Regex.Matches(Image, @"(RECSYS_\w+__\w+)=(\S+)").Concat(Regex.Matches(Compose, @"^\s+(RECSYS_\w+__\w+): (.+)$", RegexOptions.Multiline))
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim('"'), StringComparer.Ordinal);
        Assert.IsTrue(variables.Count >= 9);
        string hash = variables.Single(v => v.Value.StartsWith("${RECSYS_PASSWORD_HASH", StringComparison.Ordinal)).Key;
        variables[hash] = PasswordHash.Create("correct horse battery staple").ToString();

        var root = new SettingsLayers().AddFile(Path.Combine(Repository.Data, "online-retail", "night.json")).AddEnvironment(variables).Root;
        var (night, host) = (new PipelineOptions(), new HostSections());
        var faults = Settings.Faults(root, night, null, host);

        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
        Assert.AreEqual("env:RECSYS_DB", night.Publish.Connection);
        foreach (string command in Regex.Matches(Compose, @"command: \[(.+)\]").Select(m => m.Groups[1].Value))
            StringAssert.Contains(command, "/data/night.json");
        Assert.AreEqual(AccessRole.Operator, host.Serve.Users.Single().Role);
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
