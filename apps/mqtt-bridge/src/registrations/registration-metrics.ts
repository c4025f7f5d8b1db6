/** What a bridge counts of registrations, as metrics. */
import type { MetricsRegistry } from '@plenum/metrics';
import type { RegistrationCounts } from './registration-counts.ts';

/** Nothing where `counts` gives nothing: this bridge publishes none. */
export const registerRegistrationMetrics = (
  registry: MetricsRegistry,
  counts: () => RegistrationCounts | undefined,
): void => {
  registry.gauge(
    {
      name: 'plenum_bridge_registrations_kept',
      help: '1 while this process publishes the registrations of enrolled nodes, else 0.',
    },
    () => {
      const keeps = counts()?.keeps;
      return keeps === undefined ? [] : Number(keeps);
    },
  );
  registry.counter(
    {
      name: 'plenum_bridge_registrations_total',
      help: 'Registrations of enrolled nodes: published, removed, left since the node speaks for itself, or refused by the broker.',
      labels: ['outcome'],
    },
    () => Object.entries(counts()?.outcomes ?? {}).map(([outcome, value]) => ({ labels: { outcome }, value })),
  );
  registry.counter(
    {
      name: 'plenum_bridge_registrations_comparisons_total',
      help: 'How often all enrolled nodes were compared with what was published.',
    },
    () => counts()?.comparisons ?? [],
  );
};
