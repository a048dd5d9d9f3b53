using System.Text;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Parquet.Footer;

/// <summary>One element of the schema. Where both annotations are given the newer one wins; where it is of a kind unknown here, the older one.</summary>
internal static class SchemaReader
{
    public static SchemaElement Element(ref ThriftReader reader)
    {
        string name = "";
        long kind = -1, length = 0, repetition = 0, children = 0, converted = -1, scale = 0, precision = 0;
        Meaning logical = default;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1: kind = reader.Integer(); break;
                case 2: length = reader.Integer(); break;
                case 3: repetition = reader.Integer(); break;
                case 4 when type == ThriftReader.Binary: name = Encoding.UTF8.GetString(reader.Text()); break;
                case 5: children = reader.Integer(); break;
                case 6: converted = reader.Integer(); break;
                case 7: scale = reader.Integer(); break;
                case 8: precision = reader.Integer(); break;
                case 10 when type == ThriftReader.Struct: logical = Logical(ref reader); break;
                default: reader.Skip(type); break;
            }
        if (kind is < -1 or > 7) throw new InvalidDataException($"column '{name}' is of type {kind}; expected 0 to 7");
        if (repetition is < 0 or > 2) throw new InvalidDataException($"column '{name}' has repetition {repetition}; expected 0 to 2");
        if (children is < 0 or > int.MaxValue) throw new InvalidDataException($"column '{name}' has {children} children");
        if (length is < 0 or > 1 << 20) throw new InvalidDataException($"column '{name}' has values of {length} bytes; expected at most {1 << 20}");
        var meaning = logical.Annotation is Annotation.None or Annotation.Other && converted >= 0 ? Converted((int)converted, precision, scale) : logical;
        if (meaning.Annotation == Annotation.Decimal && (meaning.Scale is < 0 or > 255 || meaning.Precision < 1 || meaning.Scale > meaning.Precision))
        {
            throw new InvalidDataException(
                $"column '{name}' is a decimal of precision {meaning.Precision} and scale {meaning.Scale}; expected a precision of 1 and more, "
                + $"and a scale of 0 to the precision");
        }
        return new SchemaElement(name, kind < 0 || children > 0 ? null : (PhysicalType)kind, (int)length, (Repetition)repetition, (int)children, meaning);
    }

    private static Meaning Converted(int converted, long precision, long scale) => converted switch
    {
        0 => new(Annotation.Text),
        1 or 2 => new(Annotation.Map),
        3 => new(Annotation.List),
        4 => new(Annotation.Enum),
        5 => new(Annotation.Decimal, Clamped(precision), Clamped(scale)),
        6 => new(Annotation.Date),
        7 => new(Annotation.Time, Scale: 3),
        8 => new(Annotation.Time, Scale: 6),
        9 => new(Annotation.Timestamp, Scale: 3),
        10 => new(Annotation.Timestamp, Scale: 6),
        >= 11 and <= 14 => new(Annotation.Integer, Bits: 8 << converted - 11, Signed: false),
        >= 15 and <= 18 => new(Annotation.Integer, Bits: 8 << converted - 15),
        19 => new(Annotation.Json),
        20 => new(Annotation.Bson),
        21 => new(Annotation.Interval),
        _ => new(Annotation.Other),
    };

    private static Meaning Logical(ref ThriftReader reader)
    {
        Meaning meaning = default;
        for (int id = 0; reader.Field(ref id, out int type);)
        {
            if (type != ThriftReader.Struct)
            {
                reader.Skip(type);
                continue;
            }
            meaning = id switch
            {
                5 => Decimal(ref reader),
                7 => Time(ref reader, Annotation.Time),
                8 => Time(ref reader, Annotation.Timestamp),
                10 => Integer(ref reader),
                _ => Named(ref reader, id),
            };
        }
        return meaning;
    }

    private static Meaning Named(ref ThriftReader reader, int id)
    {
        reader.Skip(ThriftReader.Struct);
        return new(id switch
        {
            1 => Annotation.Text,
            2 => Annotation.Map,
            3 => Annotation.List,
            4 => Annotation.Enum,
            6 => Annotation.Date,
            11 => Annotation.Null,
            12 => Annotation.Json,
            13 => Annotation.Bson,
            14 => Annotation.Uuid,
            15 => Annotation.Float16,
            _ => Annotation.Other,
        });
    }

    private static Meaning Decimal(ref ThriftReader reader)
    {
        long scale = 0, precision = 0;
        for (int id = 0; reader.Field(ref id, out int type);)
            if (id == 1) scale = reader.Integer();
            else if (id == 2) precision = reader.Integer();
            else reader.Skip(type);
        return new(Annotation.Decimal, Clamped(precision), Clamped(scale));
    }

    private static Meaning Time(ref ThriftReader reader, Annotation annotation)
    {
        bool utc = false;
        int scale = 0;
        for (int id = 0; reader.Field(ref id, out int type);)
            if (id == 1) utc = type == ThriftReader.True;
            else if (id == 2 && type == ThriftReader.Struct)
                for (int unit = 0; reader.Field(ref unit, out int unitType);)
                {
                    reader.Skip(unitType);
                    scale = 3 * unit;
                }
            else reader.Skip(type);
        if (scale is not (3 or 6 or 9))
            throw new InvalidDataException($"a {annotation} has unit {scale / 3}; expected 1 (milliseconds), 2 (microseconds) or 3 (nanoseconds)");
        return new(annotation, Scale: scale, Utc: utc);
    }

    private static Meaning Integer(ref ThriftReader reader)
    {
        int bits = 0;
        bool signed = false;
        for (int id = 0; reader.Field(ref id, out int type);)
            if (id == 1 && type == ThriftReader.Byte) bits = reader.Small();
            else if (id == 2) signed = type == ThriftReader.True;
            else reader.Skip(type);
        return bits is 8 or 16 or 32 or 64 ? new(Annotation.Integer, Bits: bits, Signed: signed) : new(Annotation.Other);
    }

    private static int Clamped(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
