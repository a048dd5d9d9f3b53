using Recsys.Batch.Pipeline.Ingest;
static class Look
{
    public static void At(string folder)
    {
        var items = IngestArtifacts.ReadItems(folder); var cat = IngestArtifacts.ReadCatalog(folder);
        var m = IngestArtifacts.ReadInteractions(folder).ByItem;
        for (int i = 0; i < items.Count; i++)
        {
            string id = items.Text(i);
            if (!char.IsDigit(id[0]) || cat.Titles[i] is null || cat.Titles[i]!.Any(char.IsLower) || cat.Titles[i]!.Length < 9 || !cat.Available[i] || i < 12 )
                Console.WriteLine($"{id} | {cat.Titles[i]} | {cat.Prices[i]} | {cat.Available[i]} | users {m.RowLength(i)}");
        }
    }
}
