using System.Text;
using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class ChunkerTests
{
    [Fact]
    public void Split_Headings_BeginPiecesAndNameThem()
    {
        IReadOnlyList<Chunk> chunks = Chunker.Split("Preface\n# Guide\n## Install\nRun it.\n## Use\nCall it.\n# Notes\n```\n# no heading\n```\n");

        chunks.Select(chunk => (chunk.Section, chunk.Text)).ShouldBe(
        [
            ("", "Preface\n"), ("Guide > Install", "# Guide\n## Install\nRun it.\n"), ("Guide > Use", "## Use\nCall it.\n"), ("Notes", "# Notes\n```\n# no heading\n```\n"),
        ]);
    }

    [Fact]
    public void Split_LongSection_IsCutBetweenParagraphs()
    {
        string paragraph = string.Concat(Enumerable.Repeat("word ", 180)).Trim();
        IReadOnlyList<Chunk> chunks = Chunker.Split($"{paragraph}\n\n{paragraph}\n\n{paragraph}");

        chunks.Select(chunk => chunk.Text.Trim()).ShouldAllBe(text => text == paragraph);
        chunks.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("######")]
    [InlineData("####### seven")]
    [InlineData("\n\n\n")]
    public void Split_OddText_IsItsPieces(string text) => string.Concat(Chunker.Split(text).Select(chunk => chunk.Text)).ShouldBe(text);

    [Fact]
    public void Split_AnyText_IsItsPiecesInOrderNoneTooLong()
    {
        string[] parts = ["# a\n", "## b\n", "\n", "word ", "```\n", "😀", new('x', 900), "\r\n", " > ", "数据。"];
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            StringBuilder text = new();
            for (int part = random.Next(60); part > 0; part--)
                text.Append(parts[random.Next(parts.Length)]);
            IReadOnlyList<Chunk> chunks = Chunker.Split(text.ToString());

            string.Concat(chunks.Select(chunk => chunk.Text)).ShouldBe(text.ToString());
            int position = 0;
            foreach (Chunk chunk in chunks)
            {
                chunk.Start.ShouldBe(position);
                chunk.Text.Length.ShouldBeInRange(1, Chunker.MaxLength);
                char.IsLowSurrogate(chunk.Text[0]).ShouldBeFalse();
                position += chunk.Text.Length;
            }
        }
    }
}
