using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

internal enum TableKind
{
    /// <summary>Neither a user's nor an item's column was recognized.</summary>
    Unknown,
    Events,
    Items,
    Users,
}

/// <param name="Key">Configuration key below the source's <c>Columns</c>, for example <c>User</c>.</param>
internal sealed record SuggestedColumn(string Key, string Column);

/// <summary>A first guess at a column mapping, from names and types alone; a person decides.</summary>
internal sealed record SuggestedMapping(TableKind Kind, IReadOnlyList<SuggestedColumn> Columns)
{
    private static readonly ColumnType[] Ids = [ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64];
    private static readonly ColumnType[] Numbers = [ColumnType.Int32, ColumnType.Int64, ColumnType.Double];
    private static readonly ColumnType[] Times = [ColumnType.Timestamp, ColumnType.Int32, ColumnType.Int64, ColumnType.Utf8];
    private static readonly ColumnType[] Texts = [ColumnType.Utf8];
    private static readonly ColumnType[] Flags = [ColumnType.Boolean, ColumnType.Int32, ColumnType.Int64, ColumnType.Utf8];

    // Names as logs of shops and public data sets have them, without case and punctuation, likeliest first.
    private static readonly (string Key, ColumnType[] Types, string[] Names)[] EventRoles =
    [
        ("User", Ids, ["userid", "customerid", "visitorid", "householdid", "clientid", "memberid", "accountid", "buyerid", "shopperid", "reviewerid", "user", "customer", "visitor", "uid"]),
        ("Item", Ids, ["itemid", "productid", "stockcode", "sku", "articleid", "asin", "parentasin", "itemcode", "productcode", "goodsid", "item", "product", "article", "iid"]),
        ("Time", Times, ["eventtime", "timestamp", "transactiontimestamp", "invoicedate", "purchasedat", "orderdate", "createdat", "eventdate", "datetime", "time", "date", "ts"]),
        ("Kind", Texts, ["eventtype", "kind", "eventname", "interactiontype", "behaviortype", "behavior", "action", "event", "type"]),
        ("Quantity", Numbers, ["quantity", "qty", "units", "pieces", "itemcount"]),
        ("Price", Numbers, ["unitprice", "price", "itemprice", "saleprice"]),
        ("Text", Texts, ["description", "producttitle", "itemtitle", "productname", "itemname", "title", "name"]),
        ("Group", Ids, ["invoiceno", "orderid", "basketid", "transactionid", "invoice", "sessionid", "usersession", "session"]),
        ("Value", Numbers, ["rating", "stars", "overall", "score"]),
    ];

    private static readonly (string Key, ColumnType[] Types, string[] Names)[] ItemRoles =
    [
        ("Id", Ids, EventRoles[1].Names),
        ("Title", Texts, ["title", "name", "productname", "itemname", "producttitle", "description"]),
        ("Category", Texts, ["department", "categorypath", "category", "categorycode", "productcategory", "producttype", "maincategory"]),
        ("Brand", Texts, ["brand", "manufacturer", "brandname", "vendor"]),
        ("Price", Numbers, ["price", "unitprice", "listprice", "saleprice"]),
        ("Available", Flags, ["available", "isavailable", "availability", "active", "isactive"]),
        ("Stock", Numbers, ["stock", "instock", "stocklevel", "inventory"]),
    ];

    private static readonly (string Key, ColumnType[] Types, string[] Names)[] UserRoles =
    [
        ("Id", Ids, EventRoles[0].Names),
        ("Segment", Texts, ["segment", "clubmemberstatus", "agegroup", "age", "lifestage", "country", "region"]),
    ];

    public static SuggestedMapping For(IReadOnlyList<ColumnField> fields)
    {
        var events = Match(fields, EventRoles);
        bool user = events.Exists(c => c.Key == "User"), item = events.Exists(c => c.Key == "Item");
        return (user, item) switch
        {
            (true, true) => new(TableKind.Events, events),
            (false, true) => new(TableKind.Items, Match(fields, ItemRoles)),
            (true, false) => new(TableKind.Users, Match(fields, UserRoles)),
            _ => new(TableKind.Unknown, []),
        };
    }

    private static List<SuggestedColumn> Match(IReadOnlyList<ColumnField> fields, (string Key, ColumnType[] Types, string[] Names)[] roles)
    {
        var found = new List<SuggestedColumn>();
        foreach (var (key, types, names) in roles)
        {
            var best = names
                .Select(name => fields.FirstOrDefault(f => Plain(f.Name) == name && types.Contains(f.Type) && found.TrueForAll(c => c.Column != f.Name)))
                .FirstOrDefault(f => f is not null);
            if (best is not null) found.Add(new(key, best.Name));
        }
        return found;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
