using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The window before the test window, on which a night makes its choices.</summary>
internal static class ValidationWindow
{
    /// <summary>Which it is, in words.</summary>
    public static string Named(HoldOut window) => window.Cut == 0
        ? "some of each user's pairs at random, since the log has no times"
        : string.Create(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddSeconds(window.Cut):yyyy-MM-dd HH:mm} UTC up to the test window");
}
