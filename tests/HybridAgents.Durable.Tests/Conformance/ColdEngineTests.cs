namespace HybridAgents.Durable.Tests.Conformance;

// The conformance suite on the embedded engine: every turn is a replay.

public sealed class ColdActivityTests() : ActivityCases(EmbeddedMode.Cold);

public sealed class ColdRetryTests() : RetryCases(EmbeddedMode.Cold);

public sealed class ColdTimerTests() : TimerCases(EmbeddedMode.Cold);

public sealed class ColdEventTests() : EventCases(EmbeddedMode.Cold);

public sealed class ColdSubOrchestrationTests() : SubOrchestrationCases(EmbeddedMode.Cold);

public sealed class ColdCompositionTests() : CompositionCases(EmbeddedMode.Cold);

public sealed class ColdContinueAsNewTests() : ContinueAsNewCases(EmbeddedMode.Cold);

public sealed class ColdSuspendTests() : SuspendCases(EmbeddedMode.Cold);

public sealed class ColdCancelTests() : CancelCases(EmbeddedMode.Cold);

public sealed class ColdTerminateTests() : TerminateCases(EmbeddedMode.Cold);

public sealed class ColdClientTests() : ClientCases(EmbeddedMode.Cold);

public sealed class ColdLifecycleTests() : LifecycleCases(EmbeddedMode.Cold);

public sealed class ColdVersionTests() : VersionCases(EmbeddedMode.Cold);

public sealed class ColdDeterminismTests() : DeterminismCases(EmbeddedMode.Cold);
