using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

[TestClass]
internal sealed class CollectorWatchTests
{
    [TestMethod]
    [DataRow(
        "System.Net.Http.HttpRequestException: Connection refused (localhost:4318)\n ---> System.Net.Sockets.SocketException (111): Connection "
        + "refused\n   at A.B()",
        "Connection refused (localhost:4318)")]
    [DataRow(
        "System.Net.Http.HttpRequestException: The SSL connection could not be established, "
        + "see inner exception.\n ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid\n   at A.B()",
        "The remote certificate is invalid")]
    [DataRow("Status(StatusCode=\"PermissionDenied\", Detail=\"not with Bearer secret\")", "it answered PermissionDenied")]
    public void A_cause_is_one_sentence(string reported, string cause) => Assert.AreEqual(cause, CollectorWatch.Cause(reported));
}
