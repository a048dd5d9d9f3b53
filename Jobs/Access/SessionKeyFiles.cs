using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// The keys that sessions are sealed with, one file each, readable by their owner alone. Sessions outlive a restart, and hosts that share the folder share
/// them.
/// </summary>
internal sealed class SessionKeyFiles(string folder) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal).Select(f => XElement.Load(f))] : [];

    public void StoreElement(XElement element, string friendlyName)
    {
        // The name is the framework's, made of a key's id.
        string name = string.Concat(friendlyName.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        PrivateFile.Write(Path.Combine(folder, name + ".xml"), element.ToString());
    }
}
