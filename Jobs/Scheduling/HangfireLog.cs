using Hangfire.Logging;
using HangfireLevel = Hangfire.Logging.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Hangfire's warnings and errors in the host's log. Hangfire keeps one log for a process: the host that was made last hears it. The one that Hangfire brings
/// for .NET's logging fails once that host, and its logger factory, is gone.
/// </summary>
internal sealed partial class HangfireLog(ILogger logger) : ILogProvider
{
    public ILog GetLogger(string name) => new Category(logger, name[(name.LastIndexOf('.') + 1)..]);

    [LoggerMessage(Message = "{Category}: {Text}")]
    private static partial void Say(ILogger logger, LogLevel level, Exception? fault, string category, string text);

    private sealed class Category(ILogger logger, string name) : ILog
    {
        // Without a message it is a question: whether there is any use in making one.
        public bool Log(HangfireLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
        {
            var level = logLevel == HangfireLevel.Warn ? LogLevel.Warning : LogLevel.Error;
            if (logLevel < HangfireLevel.Warn || !logger.IsEnabled(level)) return false;
            string? text = messageFunc?.Invoke();
            if (text is not null) Say(logger, level, exception, name, text);
            return true;
        }
    }
}
