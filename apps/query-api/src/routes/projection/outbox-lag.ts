/** What was decided and is not in the log yet: the part of `lag` that no read model can know of. */
import { Type } from '@fastify/type-provider-typebox';
import { type MetricsRegistry, registerConsumerMetrics } from '@plenum/metrics';
import { type Clock, type ConsumerProgress, type OutboxLag, outboxRelay, TransientFailure } from '@plenum/runtime';

/** What is asked of the store of decisions (`openDecisions` of the assembly). */
export type OutboxLook = {
  /** As the store has it, whichever process relays. @throws TransientFailure */
  lag(): Promise<readonly OutboxLag[]>;
  /** What this process has relayed. */
  readonly progress: ConsumerProgress;
};

const fields = {
  records: Type.Integer({ description: 'Decisions that are not in the log yet.' }),
  seconds: Type.Number({ description: 'How long the oldest of them has waited; 0 when there is none.' }),
};

export const outboxLagSchema = Type.Object(
  {
    ...fields,
    topics: Type.Array(Type.Object({ topic: Type.String(), ...fields }, { title: 'TopicOutboxLag' })),
  },
  {
    title: 'OutboxLag',
    description:
      'Decisions that wait for the outbox relay to send them to the log. They hold already; tables do not show them yet.',
  },
);

type Waiting = { readonly records: number; readonly seconds: number };

/** Of all topics that hold decisions, and of each. */
export const outboxLagOf = (lags: readonly OutboxLag[], clock: Clock) => {
  const nowMs = clock.nowUs() / 1_000;
  const topics = [...Map.groupBy(lags, ({ topic }) => topic)].map(([topic, rows]) => ({
    topic,
    ...together(rows.map((row) => waitingOf(row, nowMs))),
  }));
  return { ...together(topics), topics };
};

/** A clock that is ahead of ours must not make a lag negative. */
const waitingOf = ({ records, sinceMs }: OutboxLag, nowMs: number): Waiting => ({
  records: Number(records),
  seconds: sinceMs === undefined ? 0 : Math.max(0, Math.round(nowMs - sinceMs) / 1_000),
});

const together = (parts: readonly Waiting[]): Waiting => ({
  records: parts.reduce((sum, { records }) => sum + records, 0),
  seconds: Math.max(0, ...parts.map(({ seconds }) => seconds)),
});

export const addOutboxMetrics = (metrics: MetricsRegistry, relay: OutboxLook, clock: Clock): void => {
  const ofEachTopic = async (value: (waiting: Waiting) => number) => {
    try {
      const { topics } = outboxLagOf(await relay.lag(), clock);
      return topics.map(({ topic, ...waiting }) => ({ labels: { topic }, value: value(waiting) }));
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      return []; // No lag is better than a wrong one; what is away has metrics of its own.
    }
  };
  const labels = ['topic'];
  metrics.gauge({ name: 'plenum_outbox_lag_records', help: 'Decisions that are not in the log yet.', labels }, () =>
    ofEachTopic(({ records }) => records),
  );
  metrics.gauge(
    {
      name: 'plenum_outbox_lag_seconds',
      help: 'How long the oldest decision that is not in the log has waited.',
      labels,
    },
    () => ofEachTopic(({ seconds }) => seconds),
  );
  registerConsumerMetrics(metrics, new Map([[outboxRelay.name, relay.progress]]));
};
