namespace HybridAgents.Functions.RealHost;

// The conformance suite through the Azure adapters, on the framework itself.

public sealed class RealHostActivityTests() : ActivityCases(RealHostMode.Once);

public sealed class RealHostRetryTests() : RetryCases(RealHostMode.Once);

public sealed class RealHostTimerTests() : TimerCases(RealHostMode.Once);

public sealed class RealHostEventTests() : EventCases(RealHostMode.Once);

public sealed class RealHostSubOrchestrationTests() : SubOrchestrationCases(RealHostMode.Once);

public sealed class RealHostCompositionTests() : CompositionCases(RealHostMode.Once);

public sealed class RealHostContinueAsNewTests() : ContinueAsNewCases(RealHostMode.Once);

public sealed class RealHostSuspendTests() : SuspendCases(RealHostMode.Once);

public sealed class RealHostCancelTests() : CancelCases(RealHostMode.Once);

public sealed class RealHostTerminateTests() : TerminateCases(RealHostMode.Once);

public sealed class RealHostClientTests() : ClientCases(RealHostMode.Once);

public sealed class RealHostLifecycleTests() : LifecycleCases(RealHostMode.Once);

public sealed class RealHostVersionTests() : VersionCases(RealHostMode.Once);

public sealed class RealHostDeterminismTests() : DeterminismCases(RealHostMode.Once);
