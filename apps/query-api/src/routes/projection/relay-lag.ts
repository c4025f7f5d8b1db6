/** What was decided and is not in the log yet: the part of `lag` that no read model can know of. */
import { Type } from '@fastify/type-provider-typebox';
import type { MetricsRegistry } from '@plenum/metrics';
import { type Clock, type RelayLag, type RelayProgress, TransientFailure } from '@plenum/runtime';

/** What is asked of whoever keeps decisions (`openDecisions` of the assembly). */
export type RelayLook = {
  /** As the store has it, whichever process relays. @throws TransientFailure */
  lag(): Promise<readonly RelayLag[]>;
  /** What this process has relayed. */
  readonly progress: Readonly<RelayProgress>;
};

const fields = {
  records: Type.Integer({ description: 'Facts that are decided and not yet in the log.' }),
  seconds: Type.Number({ description: 'How long the oldest of them has waited; 0 when there is none.' }),
};

export const relayLagSchema = Type.Object(
  {
    ...fields,
    topics: Type.Array(Type.Object({ topic: Type.String(), ...fields })),
  },
  { description: 'Decisions that wait to be relayed into the log. They hold already; tables do not show them yet.' },
);

type Waiting = { readonly records: number; readonly seconds: number };

/** Of all topics that hold decisions, and of each. */
export const relayLagOf = (lags: readonly RelayLag[], clock: Clock) => {
  const nowMs = clock.nowUs() / 1_000;
  const topics = [...Map.groupBy(lags, ({ topic }) => topic)].map(([topic, rows]) => ({
    topic,
    ...together(rows.map((row) => waitingOf(row, nowMs))),
  }));
  return { ...together(topics), topics };
};

/** A clock that is ahead of ours must not make a lag negative. */
const waitingOf = ({ records, sinceMs }: RelayLag, nowMs: number): Waiting => ({
  records: Number(records),
  seconds: sinceMs === undefined ? 0 : Math.max(0, Math.round(nowMs - sinceMs) / 1_000),
});

const together = (parts: readonly Waiting[]): Waiting => ({
  records: parts.reduce((sum, { records }) => sum + records, 0),
  seconds: Math.max(0, ...parts.map(({ seconds }) => seconds)),
});

export const addRelayMetrics = (metrics: MetricsRegistry, relay: RelayLook, clock: Clock): void => {
  const ofEachTopic = async (value: (waiting: Waiting) => number) => {
    try {
      const { topics } = relayLagOf(await relay.lag(), clock);
      return topics.map(({ topic, ...waiting }) => ({ labels: { topic }, value: value(waiting) }));
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      return []; // No lag is better than a wrong one; what is away has metrics of its own.
    }
  };
  const labels = ['topic'];
  metrics.gauge({ name: 'plenum_relay_lag_records', help: 'Decisions that are not in the log yet.', labels }, () =>
    ofEachTopic(({ records }) => records),
  );
  metrics.gauge(
    {
      name: 'plenum_relay_lag_seconds',
      help: 'How long the oldest decision that is not in the log has waited.',
      labels,
    },
    () => ofEachTopic(({ seconds }) => seconds),
  );
  metrics.counter(
    {
      name: 'plenum_relay_records_total',
      help: 'Decisions that this process sent to the log; sent again counts again.',
    },
    () => relay.progress.recordsSent,
  );
  metrics.counter(
    { name: 'plenum_relay_elsewhere_total', help: 'Batches that another relay had sent before.' },
    () => relay.progress.elsewhere,
  );
  metrics.counter(
    { name: 'plenum_relay_transient_waits_total', help: 'Waits of the relay for a database or a log that was away.' },
    () => relay.progress.transientWaits,
  );
};
