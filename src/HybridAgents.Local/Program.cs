return await HybridAgents.Local.LocalProgram.RunAsync(args);
