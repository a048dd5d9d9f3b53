using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
internal sealed class PseudonymTests
{
    private static readonly Pseudonyms Names = new(new UserHash([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

    private static DefaultHttpContext Caller(AccessRole role, bool asked)
    {
        var context = new DefaultHttpContext { User = AccessDirectory.Principal("someone", role, "test", null) };
        if (asked) context.Request.Headers.Cookie = $"{Pseudonyms.RawCookie}=1";
        return context;
    }

    [TestMethod]
    public void A_pseudonym_is_the_head_of_hmac_sha256() =>
        // Python: hmac.new(bytes(range(32)), b"17850", "sha256").hexdigest()[:20]
        Assert.AreEqual("u-83f1a268ec012f43eb67", Names.Of("17850"));

    [TestMethod]
    public void Another_key_gives_another_pseudonym() => Assert.AreNotEqual(Names.Of("17850"), new Pseudonyms(new UserHash(new byte[32])).Of("17850"));

    [TestMethod]
    public void Only_an_operator_who_asks_sees_raw_ids()
    {
        Assert.AreEqual("17850", Names.Show(Caller(AccessRole.Operator, asked: true), "17850"));
        Assert.AreEqual(Names.Of("17850"), Names.Show(Caller(AccessRole.Operator, asked: false), "17850"));
        Assert.AreEqual(Names.Of("17850"), Names.Show(Caller(AccessRole.Viewer, asked: true), "17850"));
        Assert.AreEqual(Names.Of("17850"), Names.Show(new DefaultHttpContext { User = new ClaimsPrincipal() }, "17850"));
    }
}
