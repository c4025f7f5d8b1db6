/** What a bridge counts of the rights that it keeps at a broker. */
import type { BrokerCommand } from '@plenum/device';

/** `decision`: something was decided about the node just now. `drift`: the broker had something else than what was decided before. */
export type RightsCause = 'decision' | 'drift';

export type RightsChange = { readonly cause: RightsCause; readonly change: BrokerCommand['command'] };

export type RightsCounts = {
  /** Whether this process keeps them: of several one does. */
  readonly keeps: boolean;
  /** Commands that the broker carried out. */
  readonly changes: readonly (RightsChange & { readonly count: number })[];
  /** Keys that the broker does not have. */
  readonly keysMissing: number;
  /** Clients of somebody else with a name that is to be a node's. */
  readonly namesTaken: number;
  /** How often all of it was compared. */
  readonly comparisons: number;
};

export type CountingRights = {
  changed(change: RightsChange): void;
  compared(): void;
  counts(): Pick<RightsCounts, 'changes' | 'comparisons'>;
};

export const countingRights = (): CountingRights => {
  const changes = new Map<string, RightsChange & { count: number }>();
  let comparisons = 0;
  return {
    changed: ({ cause, change }) => {
      const key = `${cause} ${change}`;
      const counted = changes.get(key) ?? { cause, change, count: 0 };
      counted.count += 1;
      changes.set(key, counted);
    },
    compared: () => {
      comparisons += 1;
    },
    counts: () => ({ changes: [...changes.values()].map((one) => ({ ...one })), comparisons }),
  };
};
