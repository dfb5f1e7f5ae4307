using System.Text.Json;
using HybridAgents.Api.Errors;
using Microsoft.OpenApi;

namespace HybridAgents.Api.Requests;

/// <summary>A property of an object. An optional one may be absent or null.</summary>
public sealed record Field(string Name, BodySchema Schema, bool Required = false);

/// <summary>An object with known properties and no others.</summary>
public sealed record ObjectSchema(params IReadOnlyList<Field> Fields) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "must be an object");
            return;
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            string at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (Find(property) is not { } field)
                faults.Add(ApiErrors.Shorten(at), $"is not a known field; allowed: {string.Join(", ", Fields.Select(static known => known.Name))}");
            else if (field.Required || property.Value.ValueKind != JsonValueKind.Null)
                field.Schema.Check(property.Value, at, faults);
        }

        foreach (Field field in Fields)
        {
            if (field.Required && !value.TryGetProperty(field.Name, out _))
                faults.Add(path.Length == 0 ? field.Name : $"{path}.{field.Name}", "is required");
        }
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = Fields.ToDictionary(static field => field.Name, static field => (IOpenApiSchema)Describe(field)),
        Required = Fields.Where(static field => field.Required).Select(static field => field.Name).ToHashSet(),
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Describe(Field field)
    {
        OpenApiSchema schema = field.Schema.Describe();
        if (!field.Required && schema.Type is { } type && schema.Enum is null)
            schema.Type = type | JsonSchemaType.Null;
        return schema;
    }

    private Field? Find(JsonProperty property)
    {
        foreach (Field field in Fields)
        {
            if (property.NameEquals(field.Name))
                return field;
        }

        return null;
    }
}

/// <summary>A list of values of one kind.</summary>
public sealed record ListSchema(BodySchema Item, int MinItems, int MaxItems) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < MinItems || value.GetArrayLength() > MaxItems)
        {
            faults.Add(path, $"must be an array of {MinItems} to {MaxItems} items");
            return;
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
            Item.Check(item, $"{path}[{index++}]", faults);
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.Array, Items = Item.Describe(), MinItems = MinItems, MaxItems = MaxItems };
}

/// <summary>A string, or an object.</summary>
public sealed record TextOrObjectSchema(TextSchema Text, ObjectSchema Object) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind == JsonValueKind.String)
            Text.Check(value, path, faults);
        else if (value.ValueKind == JsonValueKind.Object)
            Object.Check(value, path, faults);
        else
            faults.Add(path, "must be a string or an object");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { AnyOf = [Text.Describe(), Object.Describe()] };
}
