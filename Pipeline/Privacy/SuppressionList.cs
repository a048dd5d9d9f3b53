using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Privacy;

/// <param name="Hash">32 hex digits: <see cref="UserHash"/> of the id.</param>
/// <param name="Asked">The day on which it was asked for, <c>yyyy-MM-dd</c>.</param>
/// <param name="IsDone">Whether all that was kept of the user has gone; false where that was cut short.</param>
internal sealed record SuppressedUser(string Hash, string Asked, bool IsDone);

/// <summary>
/// Users who asked to be gone, by keyed hash, in <c>privacy/suppressed.json</c> of the output folder: whoever is on it is left out whenever logs are read.
/// </summary>
internal sealed class SuppressionList
{
    public const string Folder = "privacy";
    public const string File = "suppressed.json";
    public const string KeyFile = "key";

    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NewLine = "\n" };

    private readonly string _path;
    private readonly UserHash _hash;
    private readonly SortedDictionary<UInt128, SuppressedUser> _users;

    private SuppressionList(string path, UserHash hash, SortedDictionary<UInt128, SuppressedUser> users) => (_path, _hash, _users) = (path, hash, users);

    /// <summary>How many users stay out.</summary>
    public int Count => _users.Count;

    /// <summary>How many of them may still be found here, since a <c>forget</c> was cut short.</summary>
    public int Unfinished => _users.Values.Count(u => !u.IsDone);

    /// <summary>The list of an output folder, made with its key where there is none.</summary>
    /// <exception cref="ConfigurationException">The key is not the one under which the list was made.</exception>
    /// <exception cref="ArtifactException">The list's file is corrupt.</exception>
    public static SuppressionList Open(string output, PrivacyOptions options)
    {
        string path = Path.Combine(output, Folder, File);
        string key = Path.Combine(output, Folder, KeyFile);
        bool exists = System.IO.File.Exists(path);
        if (exists && options.Key is null && !System.IO.File.Exists(key))
        {
            throw new ConfigurationException(
                $"{path} is there and its key {key} is not; put the key back from a copy, or name it with Privacy:Key: "
                + "without it, users who asked to be forgotten would come back with the logs");
        }
        var hash = UserHash.Open(options, key);
        return new SuppressionList(path, hash, exists ? Read(path, hash) : []);
    }

    /// <summary>Likewise; null where nobody was forgotten yet.</summary>
    public static SuppressionList? OpenIfAny(string output, PrivacyOptions options) =>
        System.IO.File.Exists(Path.Combine(output, Folder, File)) ? Open(output, options) : null;

    public bool Contains(ReadOnlySpan<byte> userId) => _users.Count > 0 && _users.ContainsKey(_hash.Of(userId));

    /// <summary>Whether the user is on the list, and what is kept of them has still to go.</summary>
    public bool IsUnfinished(ReadOnlySpan<byte> userId) => _users.TryGetValue(_hash.Of(userId), out var user) && !user.IsDone;

    public string HashOf(ReadOnlySpan<byte> userId) => Text(_hash.Of(userId));

    /// <summary>Hashes of those of whom something may still be here.</summary>
    public IReadOnlyList<string> UnfinishedHashes => [.. _users.Values.Where(u => !u.IsDone).Select(u => u.Hash)];

    /// <summary>Puts users on the list, or asks again for those who are on it.</summary>
    /// <param name="day">The day of the request.</param>
    public void Add(IEnumerable<byte[]> userIds, DateTimeOffset day)
    {
        foreach (byte[] id in userIds)
        {
            var hash = _hash.Of(id);
            string asked = _users.TryGetValue(hash, out var known) ? known.Asked : day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            _users[hash] = new SuppressedUser(Text(hash), asked, IsDone: false);
        }
        Save();
    }

    /// <summary>Takes a user off the list, who has come back as a customer.</summary>
    /// <returns>Whether they were on it.</returns>
    public bool Remove(ReadOnlySpan<byte> userId)
    {
        if (!_users.Remove(_hash.Of(userId))) return false;
        Save();
        return true;
    }

    /// <summary>Notes that nothing of those users is kept any more.</summary>
    public void Finish(IReadOnlyCollection<string> hashes)
    {
        foreach (var (hash, user) in _users.ToArray())
            if (hashes.Contains(user.Hash)) _users[hash] = user with { IsDone = true };
        Save();
    }

    /// <summary>Identity of who is on the list, whatever was done about them.</summary>
    public string Identity() => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
        System.Text.Encoding.ASCII.GetBytes(string.Join('\n', _users.Values.Select(u => u.Hash)))));

    private void Save() => PrivateFile.Write(_path, JsonSerializer.Serialize(new Contents(Format, _hash.Check, [.. _users.Values]), Json) + "\n");

    private static string Text(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);

    private static SortedDictionary<UInt128, SuppressedUser> Read(string path, UserHash hash)
    {
        Contents? contents;
        try
        {
            contents = JsonSerializer.Deserialize<Contents>(System.IO.File.ReadAllText(path), Json);
        }
        catch (JsonException e)
        {
            throw Corrupt(path, e.Message, e);
        }
        if (contents is not { Format: Format, Users: not null }) throw Corrupt(path, $"it is not of format {Format}");
        if (contents.Check != hash.Check)
        {
            throw new ConfigurationException(
                $"the key of Privacy:Key, or of {KeyFile} beside {path}, is not the one under which that list was made; put that key back: "
                + "with another one, users who asked to be forgotten would come back with the logs");
        }
        var users = new SortedDictionary<UInt128, SuppressedUser>();
        foreach (var user in contents.Users)
        {
            if (!UInt128.TryParse(user.Hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
                throw Corrupt(path, $"'{user.Hash}' is no hash of 32 hex digits");
            users[number] = user;
        }
        return users;
    }

    private static ArtifactException Corrupt(string path, string cause, Exception? inner = null) => new(
        path, $"the list of forgotten users is corrupt ({cause}); put it back from a copy: without it they would come back with the logs", inner);

    private sealed record Contents(int Format, string Check, IReadOnlyList<SuppressedUser> Users);
}
