using System.Text;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
internal sealed class EverydayMistakesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-everyday-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("utf-8", true)]
    [DataRow("utf-8", false)]
    [DataRow("utf-16", true)]
    [DataRow("utf-16", false)]
    [DataRow("utf-16BE", true)]
    [DataRow("utf-16BE", false)]
    [DataRow("utf-32", true)]
    public void Configuration_in_another_encoding_is_read(string encoding, bool mark)
    {
        var writer = Encoding.GetEncoding(encoding);
        string file = Path.Combine(_folder, "night.json");
        File.WriteAllBytes(file, [.. mark ? writer.GetPreamble() : [], .. writer.GetBytes("{\"Publish\": {\"Path\": \"/r\u00E9serve\"}}")]);

        Assert.AreEqual("/r\u00E9serve", new SettingsLayers().AddFile(file).Root.Find("Publish")?.Find("Path")?.Value);
    }

    [TestMethod]
    public void Configuration_in_Latin1_is_refused_with_its_line()
    {
        string file = Path.Combine(_folder, "night.json");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes("{\n\"Publish\": {\"Path\": \"/r\u00E9serve\"}}"));

        string message = Assert.ThrowsExactly<ConfigurationException>(() => new SettingsLayers().AddFile(file)).Message;

        StringAssert.Contains(message, "line 2");
        StringAssert.Contains(message, "save the file as UTF-8");
    }

    [TestMethod]
    public void Fault_of_a_folder_that_cannot_be_made_names_what_is_in_the_way()
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "");

        StringAssert.Contains(FolderRights.Fault(file), "is a file; expected a folder");
        StringAssert.Contains(FolderRights.Fault(Path.Combine(file, "out", "deep")), $"'{file}' is a file, not a folder");
        Assert.IsNull(FolderRights.Fault(Path.Combine(_folder, "new", "deep")));
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "new")), "asking makes nothing");
    }

    [TestMethod]
    [DataRow("run", "nightly")]
    [DataRow("serve")]
    public async Task Command_over_a_folder_that_cannot_be_made_says_so(params string[] command)
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "");
        string[] arguments = command[0] == "run" ? ["--config", Cases.CasesTests.Config("d01_base")] : [];

        var called = await Called.With([.. command, .. arguments, "--out", Path.Combine(file, "out")]);

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "cannot be made");
        Assert.DoesNotContain("unexpected", called.Error);
    }

    [TestMethod]
    public async Task Serve_over_a_database_that_cannot_be_written_names_it_and_its_owner()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "out", "recsys.db"));

        var called = await Called.With("serve", "--development", "--urls", "http://127.0.0.1:0", "--out", Path.Combine(_folder, "out"));

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "recsys.db' is a folder; expected a file");
        Assert.DoesNotContain("unexpected", called.Error);
    }

    [TestMethod]
    public void Fault_says_whose_the_folder_is_and_what_is_lacking()
    {
        if (!OperatingSystem.IsLinux()) throw new AssertInconclusiveException("a folder that root cannot write either is on Linux alone");

        string fault = FolderRights.Fault("/proc/recsys")!;

        StringAssert.StartsWith(fault, $"'/proc/recsys' cannot be made: '/proc' cannot be written by user '{Environment.UserName}'");
        StringAssert.Contains(fault, "it belongs to user 'root' with rights r-xr-xr-x. Start as its owner, grant that user write and enter (rwx) on it");
    }

    [TestMethod]
    public async Task Doctor_tries_the_output_folder_and_the_logs()
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "");

        var called = await Called.With("doctor", "--config", Cases.CasesTests.Config("d19_delta_table"), "--out", Path.Combine(file, "out"));

        StringAssert.Contains(called.Out, "cannot be made");
        StringAssert.Contains(called.Out, "Delta table");
    }
}
