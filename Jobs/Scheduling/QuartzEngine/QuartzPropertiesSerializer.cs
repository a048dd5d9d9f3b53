using System.Collections.Specialized;
using System.Text.Json;
using Quartz.Spi;

namespace Recsys.Batch.Jobs.Scheduling.QuartzEngine;

/// <summary>What a delivery carries, text by text, as JSON in Quartz' tables.</summary>
public sealed class QuartzPropertiesSerializer : IObjectSerializer
{
    public void Initialize()
    {
    }

    public byte[] Serialize<T>(T obj) where T : class =>
        obj is NameValueCollection properties
            ? JsonSerializer.SerializeToUtf8Bytes(properties.AllKeys.ToDictionary(k => k!, k => properties[k]))
            : throw new NotSupportedException($"{typeof(T)} is not kept in the job store; only texts are");

    public T DeSerialize<T>(byte[] data) where T : class
    {
        var properties = new NameValueCollection();
        foreach (var (key, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(data)!) properties[key] = value;
        return (T)(object)properties;
    }
}
