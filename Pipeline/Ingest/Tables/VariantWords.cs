using System.Collections.Frozen;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>
/// Words that tell variants of one product apart: colours and sizes, in the languages that shops here are written in. Numbers, measures and single letters are
/// such words in every language, and a shop can name more (<see cref="TitleOptions.VariantWords"/>).
/// </summary>
internal static class VariantWords
{
    private const string Colours =
        "black white red blue green yellow pink purple orange brown grey gray silver gold golden ivory cream beige navy turquoise lilac violet maroon teal "
        + "khaki olive coral burgundy magenta cyan multicolour multicolor "
        + "schwarz weiß weiss rot blau grün gruen gelb rosa lila braun grau silber creme türkis tuerkis violett bunt "
        + "noir noire blanc blanche rouge bleu bleue vert verte jaune rose violette brun gris grise argent doré dorée turquoise "
        + "negro negra blanco blanca rojo roja azul verde amarillo amarilla morado naranja marrón plata dorado "
        + "nero nera bianco bianca rosso rossa giallo viola arancione marrone grigio argento oro blu "
        + "zwart wit rood blauw groen geel roze paars oranje bruin grijs zilver goud";

    private const string Sizes =
        "xxs xs xl xxl xxxl small medium large klein mittel groß gross petit moyen grand pequeño mediano grande piccolo medio middel groot";

    private static readonly FrozenSet<string> s_known = $"{Colours} {Sizes}".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <param name="word">In small letters.</param>
    public static bool Has(string word) => IsMeasure(word) || s_known.Contains(word);

    /// <summary>A number (12, 45x45cm, 70s), or a letter alone (size M, letter Q).</summary>
    public static bool IsMeasure(string word) => word.Length == 1 || char.IsAsciiDigit(word[0]);
}
