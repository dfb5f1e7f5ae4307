using HybridAgents.Evaluation;

// dotnet run -c Release --project tests/HybridAgents.Evaluation [-- FILE]     writes docs/benchmarks/routing-evaluation.md, or FILE
string file = args.Length > 0 ? args[0] : Path.Combine("docs", "benchmarks", "routing-evaluation.md");
await File.WriteAllTextAsync(file, EvaluationReport.Write());
Console.WriteLine($"Wrote {Path.GetFullPath(file)}");
