namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>A token that is found in the text itself, before a model sees it.</summary>
/// <param name="SingleWord">Only where no word character stands beside it.</param>
/// <param name="LeftStrip">Takes the blanks before it along.</param>
/// <param name="RightStrip">Takes the blanks behind it along.</param>
/// <param name="Normalized">AlertLookback for in the normalized text, by its own normalized form.</param>
internal sealed record AddedToken(string Content, int Id, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);
