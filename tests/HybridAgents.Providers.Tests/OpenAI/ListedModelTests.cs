using System.Text.Json;
using HybridAgents.Providers.OpenAI;

namespace HybridAgents.Providers.Tests.OpenAI;

public sealed class ListedModelTests
{
    [Theory]
    [InlineData("""{"id":"m","max_model_len":8192}""", 8192, null, null)]
    [InlineData("""{"id":"m","max_context_length":32768,"capabilities":{"completion_chat":true,"function_calling":false}}""", 32768, true, false)]
    [InlineData("""{"id":"m","object":"model","capabilities":["chat"],"context_length":"long"}""", null, null, null)]
    public void Read_WhatServicesReport_IsTaken(string model, int? window, bool? chats, bool? tools) =>
        Read($$"""{"object":"list","data":[{{model}}]}""").ShouldHaveSingleItem().ShouldBe(new ListedModel("m", window, chats, tools));

    [Fact]
    public void Read_EntriesWithoutAName_AreLeftOut() => Read("""{"data":[{"object":"model"},{"id":""},3,{"id":"m"}]}""").ShouldHaveSingleItem().Id.ShouldBe("m");

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"models":[]}""")]
    public void Read_NoList_IsMalformed(string json) => Should.Throw<JsonException>(() => Read(json));

    private static IReadOnlyList<ListedModel> Read(string json) => ListedModel.Read(BinaryData.FromString(json));
}
