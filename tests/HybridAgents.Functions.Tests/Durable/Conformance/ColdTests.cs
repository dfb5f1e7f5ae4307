namespace HybridAgents.Functions.Tests.Durable.Conformance;

// The conformance suite through the Azure adapters, without extended sessions: every turn is a replay.

public sealed class ColdActivityTests() : ActivityCases(AdapterMode.Cold);

public sealed class ColdRetryTests() : RetryCases(AdapterMode.Cold);

public sealed class ColdTimerTests() : TimerCases(AdapterMode.Cold);

public sealed class ColdEventTests() : EventCases(AdapterMode.Cold);

public sealed class ColdSubOrchestrationTests() : SubOrchestrationCases(AdapterMode.Cold);

public sealed class ColdCompositionTests() : CompositionCases(AdapterMode.Cold);

public sealed class ColdContinueAsNewTests() : ContinueAsNewCases(AdapterMode.Cold);

public sealed class ColdSuspendTests() : SuspendCases(AdapterMode.Cold);

public sealed class ColdCancelTests() : CancelCases(AdapterMode.Cold);

public sealed class ColdTerminateTests() : TerminateCases(AdapterMode.Cold);

public sealed class ColdClientTests() : ClientCases(AdapterMode.Cold);

public sealed class ColdLifecycleTests() : LifecycleCases(AdapterMode.Cold);

public sealed class ColdVersionTests() : VersionCases(AdapterMode.Cold);

public sealed class ColdDeterminismTests() : DeterminismCases(AdapterMode.Cold);
