using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Access;

/// <summary>Someone who may sign in.</summary>
internal sealed class UserOptions : IStageOptions
{
    /// <summary>The name to sign in with: 1 to 64 letters, digits and any of <c>. _ - @</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Hash of the password, as <c>serve hash-password</c> prints it.</summary>
    public string PasswordHash { get; set; } = "";

    public AccessRole Role { get; set; } = AccessRole.Viewer;

    public void Validate(OptionsCheck check) => check
        .Require(IsName(Name), Name, "1 to 64 letters, digits and any of . _ - @")
        // What stands there may be a password that someone wrote by mistake: it is not shown.
        .Require(
            Recsys.Batch.Jobs.Access.PasswordHash.Parse(PasswordHash) is not null,
            PasswordHash.Length == 0 ? null : "a text of another shape",
            "a hash as 'serve hash-password' prints it, of at least 600,000 rounds (SHA-256) or 210,000 (SHA-512)", nameof(PasswordHash));

    internal static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@');
}
