using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>A decoder process as its parent sees it: asked for one file at a time, killed when it is silent for too long.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private readonly Process _process;
    private readonly BinaryWriter _requests;
    private readonly FrameReader _frames;
    private readonly StringBuilder _complaints = new();
    private readonly TimeSpan _patience;
    private readonly ITimer _watch;
    private volatile bool _silent;
    private bool _disposed;

    public DecoderProcess(ParquetReadLimits limits, ParquetEngine engine, DecoderFault fault)
    {
        _patience = TimeSpan.FromSeconds(limits.PatienceSeconds);
        string library = typeof(DecoderProcess).Assembly.Location;
        if (library.Length == 0) throw new RunFailedException("The Parquet decoder runs in a process of its own, which a single-file program cannot start; publish Recsys.Batch.Jobs as a folder.");
        var start = new ProcessStartInfo(Host())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Environment.CurrentDirectory,
        };
        string[] arguments =
        [
            "exec", library, DecoderProgram.Verb, engine.ToString(), limits.EffectiveThreads.ToString(CultureInfo.InvariantCulture),
            limits.MemoryMegabytes.ToString(CultureInfo.InvariantCulture), limits.VerifyChecksums.ToString(), fault.ToString(),
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        // Profilers and hooks of the parent have no business in the decoder.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("CORECLR_", StringComparison.Ordinal) || k == "DOTNET_STARTUP_HOOKS").ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = ((long)limits.MemoryMegabytes << 20).ToString("X", CultureInfo.InvariantCulture);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new RunFailedException($"The Parquet decoder process could not be started with '{start.FileName}': {e.Message} Set DOTNET_HOST_PATH to the dotnet program.", e);
        }
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_complaints)
                if (e.Data is not null && _complaints.Length < 300) _complaints.Append(e.Data).Append(' ');
        };
        _process.BeginErrorReadLine();
        _requests = new BinaryWriter(_process.StandardInput.BaseStream);
        _frames = new FrameReader(_process.StandardOutput.BaseStream, ParquetBatches.MostRows);
        _watch = TimeProvider.System.CreateTimer(_ => OnSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool Alive => !_process.HasExited;

    /// <summary>The frames that answer a request, each valid until the next is asked for; the last is <see cref="FrameKind.End"/> or <see cref="FrameKind.Failure"/>,
    /// after which the process is fit for a further request.</summary>
    public IEnumerable<(FrameKind Kind, object? Content)> Ask(DecoderRequest request, CancellationToken cancellation)
    {
        using var kill = cancellation.Register(Kill);
        Talk(request.File, () => request.Write(_requests), cancellation);
        while (true)
        {
            (FrameKind Kind, object? Content) frame = default;
            Talk(request.File, () => frame = _frames.Next(request.File), cancellation);
            yield return frame;
            if (frame.Kind is FrameKind.End or FrameKind.Failure) yield break;
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _watch.Dispose();
        Kill();
        _process.Dispose();
    }

    private void Talk(string file, Action action, CancellationToken cancellation)
    {
        try
        {
            _watch.Change(_patience, Timeout.InfiniteTimeSpan);
            action();
            _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or DecoderFallbackException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new ParquetFileException(file, Death(e), e);
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private string Death(Exception seen)
    {
        if (_silent) return string.Create(CultureInfo.InvariantCulture, $"the decoder gave nothing for {_patience.TotalSeconds} s and was stopped; the file is malformed in a way that hangs it");
        if (seen is not (EndOfStreamException or IOException)) return $"the decoder gave a broken answer ({seen.Message}); the file is malformed in a way that confuses it";
        Kill();
        _process.WaitForExit();
        string how = _process.ExitCode switch
        {
            132 => "an illegal instruction (SIGILL)",
            134 => "an abort (SIGABRT)",
            135 => "a bus error (SIGBUS)",
            136 => "an arithmetic fault (SIGFPE)",
            137 => "a kill, of the kernel for lack of memory or by someone (SIGKILL)",
            139 => "a segmentation fault (SIGSEGV)",
            var code => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        };
        lock (_complaints) return $"the decoder process died of {how} while reading it; the file is malformed in a way that crashes it. It said: {(_complaints.Length > 0 ? _complaints.ToString().Trim() : "nothing")}";
    }

    private void OnSilence()
    {
        _silent = true;
        Kill();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself, which is all that was wanted.
        }
    }

    private static string Host()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } named && File.Exists(named)) return named;
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        // <root>/shared/Microsoft.NETCore.App/<version>/
        string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }
}
