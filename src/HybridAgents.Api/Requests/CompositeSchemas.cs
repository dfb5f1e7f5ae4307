using System.Text.Json;
using HybridAgents.Api.Errors;
using Microsoft.OpenApi;

namespace HybridAgents.Api.Requests;

/// <summary>A property of an object. An optional one may be absent or null.</summary>
public sealed record Field(string Name, BodySchema Schema, bool Required = false);

/// <summary>An object with known properties and, unless it is open, no others.</summary>
public sealed record ObjectSchema(params IReadOnlyList<Field> Fields) : BodySchema
{
    /// <summary>Gets whether unknown properties are ignored instead of refused.</summary>
    public bool Open { get; init; }

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
            {
                if (!Open)
                    faults.Add(ApiErrors.Shorten(at), $"is not a known field; allowed: {string.Join(", ", Fields.Select(static known => known.Name))}");
            }
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
        AdditionalPropertiesAllowed = Open,
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

/// <summary>A string, or a list.</summary>
public sealed record TextOrListSchema(TextSchema Text, ListSchema List) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind == JsonValueKind.String)
            Text.Check(value, path, faults);
        else if (value.ValueKind == JsonValueKind.Array)
            List.Check(value, path, faults);
        else
            faults.Add(path, "must be a string or an array");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { AnyOf = [Text.Describe(), List.Describe()] };
}

/// <summary>What this server does not do: only null is taken, so that nobody relies on it unheard.</summary>
public sealed record UnsupportedSchema(string Instead) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults) => faults.Add(path, $"is not supported; {Instead}");

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.Null, Description = $"Not supported; {Instead}." };
}
