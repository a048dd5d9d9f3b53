using Microsoft.AspNetCore.Http;
using Recsys.Batch.Jobs.Host;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>What a forget or a prune takes away while a page is made.</summary>
[TestClass]
internal sealed class SecondLookTests
{
    [TestMethod]
    [DataRow("GET", true)]
    [DataRow("POST", false)]
    public async Task Page_is_made_again_where_a_file_went_and_nothing_is_done_twice(string method, bool again)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        int looks = 0;
        Task Page(HttpContext asked)
        {
            if (++looks == 1) throw new DirectoryNotFoundException("runs/000001 is gone");
            asked.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (again) await SecondLook.Take(context, Page);
        else await Assert.ThrowsExactlyAsync<DirectoryNotFoundException>(() => SecondLook.Take(context, Page));

        Assert.AreEqual(again ? (2, 404) : (1, 200), (looks, context.Response.StatusCode));
    }

    [TestMethod]
    public async Task File_that_is_missing_twice_is_a_failure()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";

        await Assert.ThrowsExactlyAsync<FileNotFoundException>(() => SecondLook.Take(context, _ => throw new FileNotFoundException("settings")));
    }
}
