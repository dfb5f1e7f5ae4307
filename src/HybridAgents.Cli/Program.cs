return await HybridAgents.Cli.Commands.HybridCommand.RunAsync(args);
