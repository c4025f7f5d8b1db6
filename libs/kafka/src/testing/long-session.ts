/** A session that outlasts every test: what is waited for in one of these is never that it runs out. */
export const longSession = { sessionTimeoutMs: 600_000, rebalanceTimeoutMs: 600_000 };
