namespace HybridAgents.Durable.Tests.Conformance;

// The conformance suite on the embedded engine: code stays in memory.

public sealed class HotActivityTests() : ActivityCases(EmbeddedMode.Hot);

public sealed class HotRetryTests() : RetryCases(EmbeddedMode.Hot);

public sealed class HotTimerTests() : TimerCases(EmbeddedMode.Hot);

public sealed class HotEventTests() : EventCases(EmbeddedMode.Hot);

public sealed class HotSubOrchestrationTests() : SubOrchestrationCases(EmbeddedMode.Hot);

public sealed class HotCompositionTests() : CompositionCases(EmbeddedMode.Hot);

public sealed class HotContinueAsNewTests() : ContinueAsNewCases(EmbeddedMode.Hot);

public sealed class HotSuspendTests() : SuspendCases(EmbeddedMode.Hot);

public sealed class HotCancelTests() : CancelCases(EmbeddedMode.Hot);

public sealed class HotTerminateTests() : TerminateCases(EmbeddedMode.Hot);

public sealed class HotClientTests() : ClientCases(EmbeddedMode.Hot);

public sealed class HotLifecycleTests() : LifecycleCases(EmbeddedMode.Hot);

public sealed class HotVersionTests() : VersionCases(EmbeddedMode.Hot);

public sealed class HotDeterminismTests() : DeterminismCases(EmbeddedMode.Hot);
