using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>Section <c>Privacy</c>: what the program keeps of people who asked to be gone.</summary>
internal sealed class PrivacyOptions : IStageOptions
{
    /// <summary>
    /// Key under which the ids of forgotten users are hashed, so that they are known when logs bring them again: <c>env:NAME</c> or <c>file:PATH</c> that holds
    /// 64 hex digits, or the digits; empty: made once and kept in <c>privacy/key</c> of the output folder. A secret: who has it and the list can find out
    /// whether an id is on it. It is part of no hash, no ledger row and no message.
    /// </summary>
    public string? Key { get; set; }

    public void Validate(OptionsCheck check) => check.Require(Key is null || !string.IsNullOrWhiteSpace(Key), Key, "env:NAME, file:PATH, 64 hex digits, or no key");
}
