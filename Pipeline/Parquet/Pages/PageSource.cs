using Microsoft.Win32.SafeHandles;
using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>An open file whose pages are read, with the footer that says where they lie.</summary>
internal sealed record PageSource(string File, SafeFileHandle Handle, FileFooter Footer);
