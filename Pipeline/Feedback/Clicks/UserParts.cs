using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// Two halves of the users, and parts of each: a half is tried on what the other taught, and what a user adds to an item is kept from that user.
/// </summary>
internal sealed class UserParts(int users, ulong seed)
{
    public const int Halves = 2, Parts = 5;

    private readonly UserFolds _folds = new(users, Halves * Parts, seed);

    public int HalfOf(int user) => _folds.Of(user) % Halves;

    public int PartOf(int user) => _folds.Of(user) / Halves;
}
