using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>
/// The entry point of this assembly, for <see cref="DecoderProcess"/> alone: reads files on behalf of another process, so that bytes which crash,
/// hang or bloat the decoder take this process and no other. Requests come on standard input, frames leave on standard output.
/// </summary>
internal static class DecoderProgram
{
    internal const string Verb = "decode-parquet";

    private static int Main(string[] args)
    {
        if (args is not [Verb, var engine, var threads, var memory, var verify, var fault])
        {
            Console.Error.WriteLine("Recsys.Batch.Pipeline is a library; run Recsys.Batch.Jobs.");
            return 2;
        }
        var limits = new ParquetReadLimits(int.Parse(threads, CultureInfo.InvariantCulture), int.Parse(memory, CultureInfo.InvariantCulture), VerifyChecksums: bool.Parse(verify));
        ProcessLimits.Apply(limits.MemoryMegabytes);
        // The terminal's signals reach the whole group; when to go is for the parent to say.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => c.Cancel = true);

        using var requests = new BlockingCollection<DecoderRequest>();
        var listener = new Thread(() => Listen(requests)) { IsBackground = true, Name = "requests" };
        listener.Start();
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var reader = ParquetEngines.Decoder(Enum.Parse<ParquetEngine>(engine), limits);
        foreach (var request in requests.GetConsumingEnumerable()) Answer(reader, request, new FrameWriter(output), Enum.Parse<DecoderFault>(fault));
        return 0;
    }

    private static void Answer(IParquetReader reader, DecoderRequest request, FrameWriter frames, DecoderFault fault)
    {
        try
        {
            if (fault != DecoderFault.AbortAfterFirstBatch) ProcessLimits.Provoke(fault);
            if (request.Inspect)
            {
                frames.Write(reader.Inspect(request.File));
            }
            else
            {
                foreach (var batch in reader.Read(request.File, request.Columns))
                {
                    frames.Write(batch);
                    if (fault == DecoderFault.AbortAfterFirstBatch) ProcessLimits.Provoke(DecoderFault.Abort);
                }
            }
            frames.WriteEnd();
        }
        catch (ParquetFileException e)
        {
            frames.WriteFailure(e.Cause);
        }
    }

    private static void Listen(BlockingCollection<DecoderRequest> requests)
    {
        using var input = new BinaryReader(Console.OpenStandardInput());
        try
        {
            while (true) requests.Add(DecoderRequest.Read(input));
        }
        catch (EndOfStreamException)
        {
            // The parent is gone or wants no more. A decoder that hangs would not hear a polite end.
            Process.GetCurrentProcess().Kill();
        }
    }
}
