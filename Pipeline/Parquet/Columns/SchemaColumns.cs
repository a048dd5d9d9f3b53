using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>The columns of a file, from its tree of schema elements.</summary>
internal sealed class SchemaColumns
{
    private const int Deepest = 64;

    // What writers call the levels between a list and its members.
    private static readonly string[] Levels = ["list", "element", "item", "array", "array_element", "bag", "key_value", "map"];

    private readonly IReadOnlyList<SchemaElement> _schema;
    private readonly List<StoredColumn> _members = [];
    private int _next;
    private int _leaves;

    private SchemaColumns(IReadOnlyList<SchemaElement> schema) => _schema = schema;

    /// <param name="leaves">Columns that each row group has.</param>
    /// <exception cref="InvalidDataException">The elements are no tree.</exception>
    public static List<StoredColumn> Of(IReadOnlyList<SchemaElement> schema, out int leaves)
    {
        var walk = new SchemaColumns(schema);
        var root = walk.Take();
        var columns = new List<StoredColumn>();
        var members = new List<StoredColumn>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < root.Children; i++)
        {
            walk._members.Clear();
            var column = walk.Column();
            columns.Add(Named(column, names));
            members.AddRange(walk._members);
        }
        // Behind all others: a column that is really called 'a.b' keeps its name before the field b of a struct a gets it.
        foreach (var member in members) columns.Add(Named(member, names));
        leaves = walk._leaves;
        return columns;
    }

    // Two columns of one name are told apart, so that neither is read for the other.
    private static StoredColumn Named(StoredColumn column, HashSet<string> names)
    {
        string name = column.Name;
        for (int n = 1; !names.Add(name); n++) name = $"{column.Name}_{n}";
        return column with { Name = name, Field = column.Field is null ? null : column.Field with { Name = name } };
    }

    private StoredColumn Column()
    {
        var element = Take();
        int definition = element.Repetition == Repetition.Required ? 0 : 1;
        if (element.Children == 0)
        {
            return element.Repetition == Repetition.Repeated
                ? List(element.Name, new Leaf(_leaves++, element, 1, 1, 1))
                : Flat(element, new Leaf(_leaves++, element, definition, 0, 0));
        }
        if (element.Meaning.Annotation == Annotation.Map) return Skipped(element, "MAP");
        if (element.Repetition == Repetition.Repeated) return Skipped(element, "LIST");
        if (element.Meaning.Annotation != Annotation.List || element.Children != 1) return Skipped(element, "STRUCT");

        var middle = _schema.Count > _next ? _schema[_next] : throw new InvalidDataException("its schema ends early");
        if (middle.Repetition != Repetition.Repeated) return Skipped(element, "LIST");
        if (middle.Children == 0)
        {
            Take();
            return List(element.Name, new Leaf(_leaves++, middle, definition + 1, 1, definition + 1));
        }
        if (middle.Children != 1 || _schema.Count <= _next + 1 || _schema[_next + 1] is not { Children: 0, Repetition: not Repetition.Repeated } member)
            return Skipped(element, "LIST");
        Take();
        Take();
        int list = definition + 1;
        return List(element.Name, new Leaf(_leaves++, member, list + (member.Repetition == Repetition.Optional ? 1 : 0), 1, list));
    }

    private static StoredColumn Flat(SchemaElement element, Leaf leaf)
    {
        var (kind, field) = FieldTypes.Of(element);
        return new StoredColumn(element.Name, kind, field, leaf);
    }

    private static StoredColumn List(string name, Leaf leaf)
    {
        var (_, member) = FieldTypes.Of(leaf.Element);
        bool numbers = member?.Type is ColumnType.Int32 or ColumnType.Int64 or ColumnType.Double;
        return new StoredColumn(name, "LIST", numbers ? new ColumnField(name, ColumnType.FloatList) : null, leaf) { Inside = [name] };
    }

    private StoredColumn Skipped(SchemaElement group, string kind)
    {
        var below = new List<Leaf>();
        var inside = new List<string>();
        int definition = group.Repetition == Repetition.Required ? 0 : 1, repetition = group.Repetition == Repetition.Repeated ? 1 : 0;
        for (int i = 0; i < group.Children; i++) Pass(1, group.Name, kind == "STRUCT", definition, repetition, below, inside);
        return new StoredColumn(group.Name, kind, null, null) { Leaves = below, Inside = inside };
    }

    /// <param name="path">Names above the element, without the levels that the format puts into lists and maps.</param>
    /// <param name="isMember">Whether all that is above it are structs.</param>
    private void Pass(int depth, string path, bool isMember, int definition, int repetition, List<Leaf> below, List<string> inside)
    {
        if (depth > Deepest) throw new InvalidDataException($"its schema is nested more than {Deepest} deep");
        var element = Take();
        if (element.Repetition != Repetition.Required) definition++;
        if (element.Repetition == Repetition.Repeated) repetition++;
        isMember = isMember && repetition == 0 && element.Meaning.Annotation is not (Annotation.List or Annotation.Map);
        if (isMember || !Levels.Contains(element.Name)) path = $"{path}.{element.Name}";
        if (element.Children == 0)
        {
            var leaf = new Leaf(_leaves++, element, definition, repetition, repetition > 0 ? definition : 0);
            below.Add(leaf);
            if (isMember) _members.Add(Flat(element, leaf) with { Name = path, IsMember = true });
            else inside.Add(path);
        }
        for (int i = 0; i < element.Children; i++) Pass(depth + 1, path, isMember, definition, repetition, below, inside);
    }

    private SchemaElement Take() => _next < _schema.Count ? _schema[_next++] : throw new InvalidDataException("its schema ends early");
}
