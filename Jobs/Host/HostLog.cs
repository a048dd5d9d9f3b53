using System.Globalization;
using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Host;

/// <summary>The host's log: a line an entry, time in UTC. Scopes, which hold raw paths, are left out.</summary>
/// <param name="outage">Takes over what the database's absence makes others log.</param>
internal sealed class HostLog(TextWriter writer, TimeProvider time, OutageSignal outage) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private bool Takes(Exception? exception) => outage.Takes(exception);

    private void Write(LogLevel level, string category, string text)
    {
        string word = level switch { LogLevel.Warning => "warning", LogLevel.Error => "error", LogLevel.Critical => "critical", _ => "info" };
        string line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z {word} {category}: {text}");
        lock (_gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private sealed class Category(HostLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || log.Takes(exception)) return;
            string text = formatter(state, exception);
            log.Write(logLevel, name, SafeText.Line(text) + (exception is null ? "" : Environment.NewLine + SafeText.Lines(exception.ToString())));
        }
    }
}
