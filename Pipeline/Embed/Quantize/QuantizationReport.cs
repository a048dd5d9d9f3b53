namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>What became of a graph in int8.</summary>
/// <param name="Graph">The file that was written.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="CalibrationTexts">Texts whose activations set the scales.</param>
/// <param name="Products">MatMuls by constant weights.</param>
/// <param name="Divided">Of them, those whose activation is divided by channel first.</param>
/// <param name="LeftFloat">Of them, those that stay as they were, since the vectors would move too far.</param>
/// <param name="HeldOutTexts">Texts that set nothing, on which the cosines are measured.</param>
/// <param name="MeanCosine">Of int8 vectors to the float graph's.</param>
/// <param name="LeastCosine">Likewise, the worst text's.</param>
/// <param name="FloatRate">Texts a second through the float graph, on this machine, as many threads as it was given.</param>
/// <param name="Int8Rate">Likewise through the int8 graph.</param>
internal sealed record QuantizationReport(
    string Graph, long Bytes, int CalibrationTexts, int Products, int Divided, int LeftFloat, int HeldOutTexts, double MeanCosine, double LeastCosine,
    double FloatRate, double Int8Rate);
