using System.Text.Json.Serialization;

namespace Recsys.Batch.Jobs.Access;

/// <summary>RFC 9457.</summary>
internal sealed record ProblemDocument(string Type, string Title, int Status, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ProblemJson : JsonSerializerContext;
