using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Access;

/// <summary>A program that may ask.</summary>
internal sealed class ApiKeyOptions : IStageOptions
{
    /// <summary>What the key is called in logs and pages: 1 to 64 letters, digits and any of <c>. _ - @</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key as 64 hex digits, as <c>serve new-key</c> prints it. A key has 256 random bits: a slow hash would add nothing.</summary>
    public string KeyHash { get; set; } = "";

    public AccessRole Role { get; set; } = AccessRole.Viewer;

    public void Validate(OptionsCheck check) => check
        .Require(UserOptions.IsName(Name), Name, "1 to 64 letters, digits and any of . _ - @")
        .Require(
            KeyHash.Length == 64 && KeyHash.All(char.IsAsciiHexDigit), KeyHash.Length == 0 ? null : "a text of another shape",
            "64 hex digits as 'serve new-key' prints them", nameof(KeyHash));
}
