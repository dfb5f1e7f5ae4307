using HybridAgents.Core.Tools;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class JsonSchemaValidatorTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", "{}", true)]
    [InlineData("""{"type":"object"}""", "[]", false)]
    [InlineData("""{"type":"array"}""", "[]", true)]
    [InlineData("""{"type":"string"}""", "\"a\"", true)]
    [InlineData("""{"type":"string"}""", "1", false)]
    [InlineData("""{"type":"boolean"}""", "false", true)]
    [InlineData("""{"type":"boolean"}""", "\"false\"", false)]
    [InlineData("""{"type":"null"}""", "null", true)]
    [InlineData("""{"type":"null"}""", "0", false)]
    [InlineData("""{"type":"number"}""", "1.5", true)]
    [InlineData("""{"type":"integer"}""", "1", true)]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1e3", true)]
    [InlineData("""{"type":"integer"}""", "1.5", false)]
    [InlineData("""{"type":["string","null"]}""", "null", true)]
    [InlineData("""{"type":["string","null"]}""", "1", false)]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":1}""", false)]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""", true)]
    [InlineData("""{"required":["a"]}""", """{"a":null}""", true)]
    [InlineData("""{"required":["a"]}""", "{}", false)]
    [InlineData("""{"additionalProperties":false,"properties":{"a":{}}}""", """{"a":1}""", true)]
    [InlineData("""{"additionalProperties":false,"properties":{"a":{}}}""", """{"b":1}""", false)]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"b":1}""", true)]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"b":"1"}""", false)]
    [InlineData("""{"enum":["a",1,null]}""", "1.0", true)]
    [InlineData("""{"enum":["a",1,null]}""", "\"b\"", false)]
    [InlineData("""{"const":{"a":1,"b":2}}""", """{"b":2,"a":1}""", true)]
    [InlineData("""{"const":1}""", "2", false)]
    [InlineData("""{"minimum":3}""", "3", true)]
    [InlineData("""{"minimum":3}""", "2.9", false)]
    [InlineData("""{"maximum":3}""", "3", true)]
    [InlineData("""{"maximum":3}""", "1e400", false)]
    [InlineData("""{"exclusiveMinimum":3}""", "3", false)]
    [InlineData("""{"exclusiveMaximum":3}""", "2.99", true)]
    [InlineData("""{"multipleOf":0.01}""", "4.35", true)]
    [InlineData("""{"multipleOf":0.01}""", "4.355", false)]
    [InlineData("""{"minLength":2}""", "\"a\"", false)]
    [InlineData("""{"maxLength":1}""", "\"😀\"", true)]
    [InlineData("""{"maxLength":1}""", "\"ab\"", false)]
    [InlineData("""{"pattern":"^a+$"}""", "\"aaa\"", true)]
    [InlineData("""{"pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"pattern":"^a+$"}""", "\"aab\"", false)]
    [InlineData("""{"items":{"type":"integer"}}""", "[1,2]", true)]
    [InlineData("""{"items":{"type":"integer"}}""", "[1,\"2\"]", false)]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1,2]", true)]
    [InlineData("""{"minItems":1}""", "[]", false)]
    [InlineData("""{"maxItems":2}""", "[1,2,3]", false)]
    [InlineData("""{"uniqueItems":true}""", "[1,\"1\",{\"a\":1}]", true)]
    [InlineData("""{"uniqueItems":true}""", "[{\"a\":1,\"b\":2},{\"b\":2.0,\"a\":1}]", false)]
    [InlineData("""{"uniqueItems":false}""", "[1,1]", true)]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", "6", true)]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", "4", false)]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":5}]}""", "2", true)]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":5}]}""", "6", false)]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":5}]}""", "0", false)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":5}]}""", "3", true)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":5}]}""", "6", false)]
    [InlineData("""{"not":{"type":"null"}}""", "1", true)]
    [InlineData("""{"not":{"type":"null"}}""", "null", false)]
    [InlineData("true", "1", true)]
    [InlineData("false", "1", false)]
    [InlineData("""{"$ref":"#/$defs/name","$defs":{"name":{"type":"string"}}}""", "\"a\"", true)]
    [InlineData("""{"$ref":"#/$defs/name","$defs":{"name":{"type":"string"}}}""", "1", false)]
    [InlineData("""{"$ref":"#/definitions/a~1b","definitions":{"a/b":{"type":"string"}}}""", "1", false)]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{}}}""", true)]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"nex":{}}}""", false)]
    [InlineData("""{"minLength":5,"minItems":5,"minimum":5,"required":["a"]}""", "true", true)]
    [InlineData("""{"title":"t","description":"d","default":1,"examples":[1],"format":"date"}""", "\"x\"", true)]
    public void Validate_SchemaAndValue_SaysWhetherItFits(string schema, string value, bool fits)
    {
        JsonSchemaValidator.CheckSchema(Parse(schema)).ShouldBeEmpty();
        (JsonSchemaValidator.Validate(Parse(schema), Parse(value)).Count == 0).ShouldBe(fits);
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"items":{"properties":{"b":{"type":"integer"}}}}}}""", """{"a":[{"b":1},{"b":"x"}]}""", "$.a[1].b", "must be integer")]
    [InlineData("""{"required":["city"]}""", "{}", "$", "must have the property 'city'")]
    [InlineData("""{"properties":{"u":{"enum":["c","f"]}}}""", """{"u":"k"}""", "$.u", "must be one of [\"c\",\"f\"]")]
    [InlineData("""{"additionalProperties":false,"properties":{"a":{},"b":{}}}""", """{"c":1}""", "$", "must not have the property 'c'; allowed are a, b")]
    [InlineData("""{"type":["string","null"]}""", "1", "$", "must be string or null")]
    [InlineData("""{"maximum":20}""", "21", "$", "must be at most 20")]
    public void Validate_Fault_NamesWhereAndWhatIsAllowed(string schema, string value, string path, string message) =>
        JsonSchemaValidator.Validate(Parse(schema), Parse(value)).ShouldBe([new(path, message)]);

    [Theory]
    [InlineData("""{"type":"text"}""", "$.type")]
    [InlineData("""{"type":[]}""", "$.type")]
    [InlineData("""{"enum":[]}""", "$.enum")]
    [InlineData("""{"properties":[]}""", "$.properties")]
    [InlineData("""{"properties":{"a":1}}""", "$.properties.a")]
    [InlineData("""{"required":"a"}""", "$.required")]
    [InlineData("""{"required":[1]}""", "$.required")]
    [InlineData("""{"items":[{}]}""", "$.items")]
    [InlineData("""{"minLength":-1}""", "$.minLength")]
    [InlineData("""{"minimum":"1"}""", "$.minimum")]
    [InlineData("""{"multipleOf":0}""", "$.multipleOf")]
    [InlineData("""{"pattern":"("}""", "$.pattern")]
    [InlineData("""{"pattern":"(?=a)"}""", "$.pattern")]
    [InlineData("""{"anyOf":[]}""", "$.anyOf")]
    [InlineData("""{"anyOf":[1]}""", "$.anyOf[0]")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "$.$ref")]
    [InlineData("""{"$ref":"http://example.com/schema"}""", "$.$ref")]
    [InlineData("""{"if":{}}""", "$.if")]
    [InlineData("[]", "$")]
    public void CheckSchema_UnusableKeyword_IsNamedAndNotApplied(string schema, string path)
    {
        JsonSchemaValidator.CheckSchema(Parse(schema)).ShouldContain(fault => fault.Path == path);
        foreach (string value in (string[])["1", "\"a\"", "{}", "[]", "null"])
            Should.NotThrow(() => JsonSchemaValidator.Validate(Parse(schema), Parse(value)));
    }

    [Fact]
    public void Validate_EndlessReference_DoesNotFit() => JsonSchemaValidator.Validate(Parse("""{"$ref":"#"}"""), Parse("1")).ShouldHaveSingleItem().Message.ShouldContain("deeper");

    [Theory]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}""", "1")]
    [InlineData("""{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}""", "1")]
    public void Validate_BranchingRecursion_GivesUpAndDoesNotFit(string schema, string value)
    {
        JsonSchemaValidator.Validate(Parse(schema), Parse(value)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Validate_DeepValue_DoesNotFit()
    {
        string value = string.Concat(Enumerable.Repeat("""{"a":""", 200)) + "1" + new string('}', 200);
        JsonSchemaValidator.Validate(Parse("""{"additionalProperties":{"$ref":"#"}}"""), Parse(value)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Validate_ManyFaults_StopsAtTwenty()
    {
        string value = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 1000)) + "]";
        JsonSchemaValidator.Validate(Parse("""{"items":{"type":"integer"}}"""), Parse(value)).Count.ShouldBe(20);
    }

    [Fact]
    public void Validate_HugeArrayOfUniqueItems_Fits()
    {
        string value = "[" + string.Join(',', Enumerable.Range(0, 50_000)) + "]";
        JsonSchemaValidator.Validate(Parse("""{"uniqueItems":true}"""), Parse(value)).ShouldBeEmpty();
    }
}
