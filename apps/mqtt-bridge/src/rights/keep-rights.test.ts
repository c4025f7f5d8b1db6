/** When rights at a broker are looked at, by whom, and what is said of them; over a broker in memory. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { AtBroker, AuthorizedNode } from '@plenum/device';
import { type MemoryAtBroker, memoryAtBroker } from '@plenum/device/testing';
import { metricsRegistry } from '@plenum/metrics';
import { leases } from '@plenum/runtime';
import { memoryLeaseTable, silentLogger } from '@plenum/runtime/testing';
import { keepRights } from './keep-rights.ts';
import { registerRightsMetrics } from './rights-metrics.ts';

describe('rights at a broker', () => {
  it('are compared at the beginning, and follow what is decided', async (t) => {
    const site = siteOf(t);
    site.decide({ keys: {}, certificate: 'cn' });
    const keeping = site.keep();
    await until(() => keeping.counts().comparisons === 1);
    assert.deepEqual(keeping.counts().changes, [
      { cause: 'drift', change: 'createRole', count: 1 },
      { cause: 'drift', change: 'createClient', count: 1 },
    ]);
    site.decide({ keys: {}, certificate: 'cn', disabled: true });
    await until(() => site.broker.ran.at(-1)?.command === 'disableClient');
    site.decide(undefined);
    await until(() => site.broker.ran.at(-1)?.command === 'deleteRole');
    await keeping.close();
    assert.deepEqual(await site.broker.list(), { roles: [], clients: [] });
    const causes = keeping.counts().changes.map(({ cause, change }) => `${cause} ${change}`);
    assert.deepEqual(causes.slice(2), ['decision disableClient', 'decision deleteClient', 'decision deleteRole']);
    assert.equal(site.listening(), 0);
  });

  it('wait for a broker that is away, and miss nothing', async (t) => {
    const site = siteOf(t);
    const keeping = site.keep();
    await until(() => keeping.counts().comparisons === 1);
    site.broker.goAway();
    site.decide({ keys: {}, certificate: 'cn' });
    site.broker.comeBack();
    await until(() => site.broker.ran.some(({ command }) => command === 'createClient'));
  });

  it('are kept by one of two, and by the other when that one is gone', async (t) => {
    const site = siteOf(t);
    const first = site.keep();
    await until(() => first.counts().comparisons === 1);
    const second = site.keep();
    assert.deepEqual([first.counts().keeps, second.counts().keeps], [true, false]);
    await first.close();
    await until(() => second.counts().comparisons === 1);
    assert.deepEqual([first.counts().keeps, second.counts().keeps], [false, true]);
  });

  it('are changed by nobody whose lease is over', async (t) => {
    const site = siteOf(t);
    let isHeld = true;
    const lease = {
      epoch: 1n,
      isHeld: () => isHeld,
      lost: new AbortController().signal,
      release: async () => undefined,
    };
    const keeping = site.keep({ leases: { acquire: async (_, stop) => (stop.aborted ? undefined : lease) } });
    await until(() => keeping.counts().comparisons === 1);
    isHeld = false;
    let looks = 0;
    site.onGet(() => {
      looks += 1;
    });
    site.decide({ keys: {}, certificate: 'cn' });
    await until(() => looks > 1);
    assert.deepEqual(site.broker.ran, []);
  });

  it('of a key that the broker does not have are said to be missing, in metrics as well', async (t) => {
    const site = siteOf(t);
    const keeping = site.keep({ missingMs: 5 });
    const metrics = metricsRegistry();
    registerRightsMetrics(metrics, keeping.counts);
    await until(() => keeping.counts().comparisons === 1);
    site.decide({ keys: { '0000000a': 'hash' } });
    await until(() => keeping.counts().keysMissing === 1);
    const shown = await metrics.text();
    assert.match(shown, /^plenum_bridge_broker_keys_missing 1$/m);
    assert.match(shown, /^plenum_bridge_broker_rights_kept 1$/m);
    assert.match(shown, /^plenum_bridge_broker_rights_comparisons_total 1$/m);
    assert.match(shown, /^plenum_bridge_broker_rights_changes_total\{cause="decision",change="createRole"\} 1$/m);
    assert.deepEqual(site.said(), ['the broker does not have a key: revoke it, and issue another one']);
    site.decide({ keys: {} });
    await until(() => keeping.counts().keysMissing === 0);
  });
});

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

type Keeping = Parameters<typeof keepRights>[0];

/** One node may be decided about. Who keeps its rights ends with the test. */
const siteOf = (t: TestContext) => {
  const broker = memoryAtBroker();
  const leaseTable = memoryLeaseTable();
  let row: AuthorizedNode | undefined;
  let onGet = (): void => undefined;
  const hearers = new Set<(nodeId: string) => void>();
  const said: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, message: string) => void said.push(message) };
  const rows = async (): Promise<readonly AuthorizedNode[]> => (row === undefined ? [] : [row]);
  const atBroker: AtBroker & Pick<MemoryAtBroker, 'ran'> = {
    ...broker,
    get: (names) => {
      onGet();
      return broker.get(names);
    },
  };
  return {
    broker,
    keep: (more: Partial<Keeping> = {}) => {
      const keeping = keepRights({
        nodes: {
          reads: { nodes: rows, page: rows, mark: async () => '' },
          listen: ({ hear, begun }) => {
            hearers.add(hear);
            begun();
            return { close: async () => void hearers.delete(hear) };
          },
        },
        ...{ atBroker, logger },
        leases: leases({ store: leaseTable.open(), newHolder: randomUUID, logger: silentLogger }),
        ...more,
      });
      t.after(keeping.close);
      return keeping;
    },
    decide: (decided: Partial<AuthorizedNode> | undefined): void => {
      const nothing = { node_id: 'a', sensors: [], keys: {}, certificate: null, disabled: false };
      row = decided && { ...nothing, ...decided };
      for (const hear of hearers) hear('a');
    },
    onGet: (heard: () => void) => {
      onGet = heard;
    },
    listening: () => hearers.size,
    said: () => said,
  };
};
