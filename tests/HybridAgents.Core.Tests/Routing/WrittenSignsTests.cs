using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class WrittenSignsTests
{
    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("Why? How??", 3, 0, 0)]
    [InlineData("x => y() == z", 0, 3, 0)]
    [InlineData("```\ncode\n```", 0, 2, 0)]
    [InlineData("=== ````", 0, 4, 0)]
    [InlineData("E = m c^2", 0, 0, 2)]
    [InlineData("x² = (1)", 0, 0, 1)]
    [InlineData("= 1, a = , ^", 0, 0, 0)]
    [InlineData("∑ a ≤ ∞", 0, 0, 3)]
    public void In_Text_CountsEachKind(string text, int questions, int code, int mathematics) => WrittenSigns.In(text).ShouldBe(new(questions, code, mathematics));

    // Signs of two and three characters are found also where one block of 64 ends and the next begins.
    [Fact]
    public void In_TextOfAnyLengthBefore_CountsTheSame()
    {
        const string signs = "f() => a == b ``` c = d ^ e ∑?";
        for (int length = 0; length < 200; length++)
            WrittenSigns.In(new string('.', length) + signs).ShouldBe(WrittenSigns.In(signs), $"after {length} characters");
    }
}
