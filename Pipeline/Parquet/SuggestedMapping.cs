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
    // Names as logs of shops and public data sets have them, without case and punctuation, likeliest first.
    private static readonly (string Key, ColumnRole Role, string[] Names)[] EventRoles =
    [
        (
            "User", ColumnRole.Id,
            [
                "userid", "customerid", "visitorid", "householdid", "clientid", "memberid", "accountid", "buyerid", "shopperid", "reviewerid", "user",
                "customer", "visitor", "uid"]),
        (
            "Item", ColumnRole.Id,
            [
                "itemid", "productid", "stockcode", "sku", "articleid", "asin", "parentasin", "itemcode", "productcode", "goodsid", "item", "product",
                "article", "iid"]),
        (
            "Time", ColumnRole.Time,
            [
                "eventtime", "timestamp", "transactiontimestamp", "transactiontime", "invoicedate", "purchasedat", "purchasetime", "ordertime", "orderdate",
                "createdat", "eventdate", "transactiondate", "purchasedate", "datetime", "time", "date", "ts"]),
        ("Kind", ColumnRole.Kind, ["eventtype", "kind", "eventname", "interactiontype", "behaviortype", "behavior", "action", "event", "type"]),
        ("Quantity", ColumnRole.Number, ["quantity", "qty", "units", "pieces", "itemcount"]),
        ("Price", ColumnRole.Number, ["unitprice", "price", "itemprice", "saleprice"]),
        ("Text", ColumnRole.Text, ["description", "producttitle", "itemtitle", "productname", "itemname", "title", "name"]),
        ("Group", ColumnRole.Id, ["invoiceno", "orderid", "basketid", "transactionid", "invoice", "sessionid", "usersession", "session"]),
        ("Value", ColumnRole.Number, ["rating", "stars", "overall", "score"]),
    ];

    private static readonly (string Key, ColumnRole Role, string[] Names)[] ItemRoles =
    [
        ("Id", ColumnRole.Id, EventRoles[1].Names),
        ("Title", ColumnRole.Text, ["title", "name", "productname", "itemname", "producttitle", "description"]),
        ("Category", ColumnRole.Text, ["department", "categorypath", "category", "categorycode", "productcategory", "producttype", "maincategory"]),
        ("Brand", ColumnRole.Text, ["brand", "manufacturer", "brandname", "vendor"]),
        ("Price", ColumnRole.Number, ["price", "unitprice", "listprice", "saleprice"]),
        ("Available", ColumnRole.Flag, ["available", "isavailable", "availability", "active", "isactive"]),
        ("Added", ColumnRole.Time, ["added", "addedat", "dateadded", "firstseen", "launchdate", "releasedate", "createdat", "availablesince"]),
        ("Stock", ColumnRole.Number, ["stock", "instock", "stocklevel", "inventory"]),
    ];

    private static readonly (string Key, ColumnRole Role, string[] Names)[] UserRoles =
    [
        ("Id", ColumnRole.Id, EventRoles[0].Names),
        ("Segment", ColumnRole.Text, ["segment", "clubmemberstatus", "agegroup", "age", "lifestage", "country", "region"]),
    ];

    public static SuggestedMapping For(IReadOnlyList<ColumnField> fields)
    {
        var events = Match(fields, EventRoles);
        // A log's only column of moments is its time, whatever it is called.
        if (!events.Exists(c => c.Key == "Time") && fields.Where(f => f.Type == ColumnType.Timestamp).ToArray() is [var moment])
            events.Insert(events.FindLastIndex(c => c.Key is "User" or "Item") + 1, new("Time", moment.Name));
        bool user = events.Exists(c => c.Key == "User"), item = events.Exists(c => c.Key == "Item");
        return (user, item) switch
        {
            (true, true) => new(TableKind.Events, events),
            (false, true) => new(TableKind.Items, Match(fields, ItemRoles)),
            (true, false) => new(TableKind.Users, Match(fields, UserRoles)),
            _ => new(TableKind.Unknown, []),
        };
    }

    private static List<SuggestedColumn> Match(IReadOnlyList<ColumnField> fields, (string Key, ColumnRole Role, string[] Names)[] roles)
    {
        var found = new List<SuggestedColumn>();
        foreach (var (key, role, names) in roles)
        {
            var best = names
                .Select(name => fields.FirstOrDefault(f => Plain(f.Name) == name && role.Suggests(f.Type) && found.TrueForAll(c => c.Column != f.Name)))
                .FirstOrDefault(f => f is not null);
            if (best is not null) found.Add(new(key, best.Name));
        }
        return found;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
