using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// Stands a keyed hash in the place of a user's id: the first 80 bits of HMAC-SHA256, as <c>u-</c> and 20 hex digits. Equal ids have equal pseudonyms; without
/// the key nobody finds the id, by trying all ids either.
/// </summary>
internal sealed class Pseudonyms
{
    /// <summary>Cookie by which an operator asks for raw ids; it means nothing from anyone else.</summary>
    public const string RawCookie = "recsys-raw-ids";

    private const int Digits = 20;

    private readonly UserHash _hash;
    private readonly bool _always;

    /// <param name="alwaysRaw">Raw ids for everyone who may look, as configured.</param>
    public Pseudonyms(UserHash hash, bool alwaysRaw = false) => (_hash, _always) = (hash, alwaysRaw);

    /// <summary>Under the key that is configured, else the one that lies in the host's folder, made where there is none.</summary>
    internal static Pseudonyms Of(ServeOptions options, string dataFolder)
    {
        string file = Path.Combine(dataFolder, "pseudonym.key");
        return UserHash.Of(options.PseudonymKey ?? PrivateFile.ReadOrMake(file, UserHash.NewKey)) is { } hash
            ? new Pseudonyms(hash, options.ShowRawUserIds)
            : throw new ConfigurationException(
                $"{file} is not a key; expected 64 hex digits. Put the key back from a copy, or delete the file: then all pseudonyms become others");
    }

    public string Of(string userId) =>
        "u-" + _hash.Of(Encoding.UTF8.GetBytes(userId)).ToString("x32", CultureInfo.InvariantCulture)[..Digits];

    /// <summary>Whether this caller sees raw ids: configured so for everyone, or an operator who asked for them.</summary>
    public bool IsRaw(HttpContext caller) => _always || caller.User.IsInRole(nameof(AccessRole.Operator)) && caller.Request.Cookies.ContainsKey(RawCookie);

    /// <summary>The id as this caller sees it.</summary>
    public string Show(HttpContext caller, string userId) => IsRaw(caller) ? userId : Of(userId);
}
