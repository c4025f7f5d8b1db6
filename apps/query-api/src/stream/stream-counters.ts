/** What the live stream counts, for metrics. */
import type { MetricsRegistry } from '@plenum/metrics';
import type { EndReason, ResyncReason } from './frames.ts';

export type StreamCounters = {
  readonly sent: (events: number) => void;
  readonly ended: (reason: EndReason) => void;
  readonly resynced: (reason: ResyncReason) => void;
  readonly now: () => {
    readonly clients: number;
    readonly sent: number;
    readonly ended: ReadonlyMap<string, number>;
    readonly resynced: ReadonlyMap<string, number>;
  };
};

export const streamCounters = (clients: () => number): StreamCounters => {
  const ended = new Map<string, number>();
  const resynced = new Map<string, number>();
  const count = (counts: Map<string, number>, reason: string): void =>
    void counts.set(reason, (counts.get(reason) ?? 0) + 1);
  let sent = 0;
  return {
    sent: (events) => {
      sent += events;
    },
    ended: (reason) => count(ended, reason),
    resynced: (reason) => count(resynced, reason),
    now: () => ({ clients: clients(), sent, ended, resynced }),
  };
};

export const addStreamMetrics = (metrics: MetricsRegistry, { now }: StreamCounters): void => {
  const byReason = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([reason, value]) => ({ labels: { reason }, value }));
  metrics.gauge(
    { name: 'plenum_stream_clients', help: 'Clients of the live stream at this process.', labels: [] },
    () => [{ labels: {}, value: now().clients }],
  );
  metrics.counter(
    {
      name: 'plenum_stream_events_total',
      help: 'Events sent to clients of the live stream, once for each.',
      labels: [],
    },
    () => [{ labels: {}, value: now().sent }],
  );
  metrics.counter(
    {
      name: 'plenum_stream_ended_total',
      help: 'Clients of the live stream ended by this process.',
      labels: ['reason'],
    },
    () => byReason(now().ended),
  );
  metrics.counter(
    {
      name: 'plenum_stream_resyncs_total',
      help: 'Clients that could not be sent what they missed.',
      labels: ['reason'],
    },
    () => byReason(now().resynced),
  );
};
