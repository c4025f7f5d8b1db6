/** What a bridge counts of rights at a broker, as metrics. */
import type { MetricsRegistry } from '@plenum/metrics';
import type { RightsCounts } from './rights-counts.ts';

/** Nothing where `counts` gives nothing: no rights are kept at a broker. */
export const registerRightsMetrics = (registry: MetricsRegistry, counts: () => RightsCounts | undefined): void => {
  registry.gauge(
    {
      name: 'plenum_bridge_broker_rights_kept',
      help: '1 while this process keeps the rights of nodes at the broker, else 0.',
    },
    () => flag(counts()),
  );
  registry.counter(
    {
      name: 'plenum_bridge_broker_rights_changes_total',
      help: 'What the broker was made to have: at a decision, or because it had something else (drift).',
      labels: ['cause', 'change'],
    },
    () => counts()?.changes.map(({ cause, change, count }) => ({ labels: { cause, change }, value: count })) ?? [],
  );
  registry.counter(
    {
      name: 'plenum_bridge_broker_rights_comparisons_total',
      help: 'How often all rights at the broker were compared.',
    },
    () => counts()?.comparisons ?? [],
  );
  registry.gauge(
    {
      name: 'plenum_bridge_broker_keys_missing',
      help: 'Keys of nodes that the broker does not have, as the process sees that keeps the rights there.',
    },
    () => counts()?.keysMissing ?? [],
  );
  registry.gauge(
    {
      name: 'plenum_bridge_broker_names_taken',
      help: 'User names of nodes that a client of somebody else has at the broker.',
    },
    () => counts()?.namesTaken ?? [],
  );
};

const flag = (counts: RightsCounts | undefined) => (counts === undefined ? [] : Number(counts.keeps));
