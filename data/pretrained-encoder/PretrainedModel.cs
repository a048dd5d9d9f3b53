namespace Recsys.Batch.PretrainedEncoder;

/// <summary>What a package holds: the files with their SHA-256, and what its authors say of pooling and length.</summary>
internal sealed record PretrainedModel(string Name, IReadOnlyDictionary<string, string> Files, string Config)
{
    private const string Vocabulary = "b49e80874c5efbc7f4cde245a812673b05ef1360ced56b8bc8c750eaeef3fe0f";

    public static PretrainedModel Of(string package) => package switch
    {
        "MiniLM" => new(
            "all-MiniLM-L6-v2",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model.onnx"] = "4a64cee3d4134bbdc86eed96e1a660efec58975417204ecfcf134140edb6e0e2", ["vocab.txt"] = Vocabulary,
            },
            """{ "pooling": "mean", "max_length": 256 }"""),
        "ArcticXs" => new(
            "snowflake-arctic-embed-xs",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model.onnx"] = "cf2698d30ff05da02c70a088313bad56e5c2f401d734cb24a8390d446111936c", ["vocab.txt"] = Vocabulary,
            },
            """{ "pooling": "cls", "max_length": 512 }"""),
        _ => throw new ArgumentException($"'{package}' is none of MiniLM, ArcticXs", nameof(package)),
    };
}
