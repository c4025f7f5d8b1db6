/** A store in which nodes are enrolled, tables that follow it, and bridges that publish registrations; all of it ends with the test. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openDecisions } from '@plenum/assembly';
import { avroCodec } from '@plenum/avro';
import { events, projections, topics } from '@plenum/catalogue';
import { NodeRegistered } from '@plenum/ceiling';
import { readConfig } from '@plenum/config';
import { changeNode, enrolNode, issueNodeKey, type RegistrationReads, standNode } from '@plenum/device';
import { plenumItself as actor, type Command, type Event, isEvent } from '@plenum/event';
import { postgresReadModelStore, postgresServiceDatabase, query } from '@plenum/postgres';
import { silentLogger as logger, testDatabase } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { handleCommand, type Log, leases, runProjection } from '@plenum/runtime';
import { memoryLeaseTable, memoryLog, memorySessions } from '@plenum/runtime/testing';
import type { Bridge } from '../bridge.ts';
import { bridgeSettings } from '../config.ts';
import { registrationWork } from '../registrations/keep-registrations.ts';
import { runBridge } from '../run.ts';
import { eventsIn } from './events-in.ts';

export type RegistrationSite = Awaited<ReturnType<typeof registrationSite>>;

export type SiteBridge = { readonly bridge: Bridge; stop(): Promise<void> };

type Reads = (reads: RegistrationReads) => RegistrationReads;

/** At the broker that `environment` names; without it devices connect to the bridges. */
export const registrationSite = async (t: TestContext, environment: Readonly<Record<string, string>> = {}) => {
  const { pool, url } = await testDatabase(t, { connectionsMax: 10 });
  const database = { pool, url, beside: () => 3 };
  const codec = avroCodec(events);
  const log = memoryLog(topics);
  const ends = new AsyncDisposableStack();
  t.after(() => ends.disposeAsync());
  const decisions = await openDecisions({ database, log, codec, masterKeys: undefined, logger });
  ends.defer(decisions.close);
  const service = postgresServiceDatabase({ database, applicationName: 'test', logger });
  ends.defer(service.close);
  const following = follow(ends, { pool, log, codec, relay: decisions.relay });
  const [leaseTable, sessions] = [memoryLeaseTable(), memorySessions()];
  const config = readConfig(bridgeSettings, {
    ...{ MQTT_PORT: '0', MQTT_WS_PORT: '0', INGEST_INTERVAL: '0', ...environment },
  });
  const work = registrationWork(service);
  const tools = {
    ...{ store: decisions.store, clock: { nowUs: () => Date.now() * 1000 } },
    random: { bytes16: () => randomBytes(16) },
  };
  const decide = async (command: Command): Promise<void> => {
    const done = await handleCommand(tools, command, { id: randomUUID(), actor });
    assert.equal(done.outcome, 'done', JSON.stringify(done));
  };
  const described = (nodeId: string, make: typeof enrolNode | typeof changeNode, firmware: string) =>
    decide(make(nodeId, { actor, description: descriptionOf(firmware) }));
  return {
    enrol: (nodeId: string) => described(nodeId, enrolNode, '1.0.0'),
    change: (nodeId: string, firmware: string) => described(nodeId, changeNode, firmware),
    stand: (nodeId: string, how: 'disable' | 'enable' | 'remove') => decide(standNode(nodeId, { actor, do: how })),
    issueKey: (nodeId: string) => decide(issueNodeKey(nodeId, { actor, keyId: '0000000a', keyHash: 'hash' })),
    /** Its reads are those of the database, unless a test makes others of them. */
    bridge: async (reads: Reads = (one) => one): Promise<SiteBridge> => {
      const held = leases({ store: leaseTable.open(), newHolder: randomUUID, logger });
      const listening = Promise.withResolvers<Bridge>();
      const stopping = new AbortController();
      const registrations = { ...work, reads: reads(work.reads) };
      const own = { config, log, codec, logger, leases: held, registrations, onListening: listening.resolve };
      const ended = runBridge(
        config.MQTT_MODE === 'listen' ? { ...own, sessions: sessions.open() } : own,
        stopping.signal,
      );
      ended.catch(listening.reject);
      const stop = (): Promise<void> => {
        stopping.abort();
        return ended;
      };
      ends.defer(stop);
      return { bridge: await Promise.race([listening.promise, following.then(() => assert.fail())]), stop };
    },
    /** What devices said, as far as it was understood, and what was quarantined. */
    logged: async (): Promise<readonly Event[]> => {
      const decoded = await eventsIn(log, codec);
      return decoded.filter(({ decision }) => decision === undefined);
    },
    /** Settles when the tables have what a node said of itself. */
    knowsRegistrationOf: (nodeId: string) =>
      until(async () => {
        const found = await query<object>(pool, 'select 1 from public.sensor_nodes where node_id = $1', [nodeId]);
        return found.length > 0;
      }),
    /** What is remembered of a node. */
    remembered: async (nodeId: string) => {
      const text = 'select state, digest from plenum_device.published_registration where node_id = $1';
      const [row] = await query<{ readonly state: string; readonly digest: string | null }>(pool, text, [nodeId]);
      return row;
    },
  };
};

/** Between looks the processor is left to the database and the broker. It ends before a test's time does: what goes on outlives the test. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 50_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `it did not come to hold: ${holds}`);
    await setTimeout(5);
  }
};

/** It publishes registrations, and has compared all of them once. */
export const compared = ({ bridge }: SiteBridge): Promise<void> =>
  until(() => (bridge.registrations?.().comparisons ?? 0) > 0);

export const outcomesOf = ({ bridge }: SiteBridge) => bridge.registrations?.().outcomes ?? assert.fail('it has none');

export const registrationsIn = (found: readonly Event[]): readonly Event[] =>
  found.filter((event) => isEvent(NodeRegistered, event));

const descriptionOf = (firmware_version: string) => ({
  location: { x: 1, y: 2, z: 3, zone: undefined },
  ...{ sensors: ['humidity'], firmware_version, capabilities: '{"wireless":true}' },
});

type Followed = {
  readonly pool: Parameters<typeof postgresReadModelStore>[0]['pool'];
  readonly log: Log;
  readonly codec: ReturnType<typeof avroCodec>;
  readonly relay: (stop: AbortSignal) => Promise<void>;
};

/** Relays decisions and projects what this is about. Rejects when one of them cannot. */
const follow = (ends: AsyncDisposableStack, { pool, log, codec, relay }: Followed): Promise<unknown> => {
  const stop = new AbortController();
  const store = postgresReadModelStore({ pool, logger });
  const followed = projections.filter(({ name }) => ['enrolled_nodes', 'nodes'].includes(name));
  assert.equal(followed.length, 2);
  const running = [
    relay(stop.signal),
    ...followed.map((one) =>
      runProjection({ store, codec, projection: buildOf(one), log, topics, logger }, stop.signal),
    ),
  ];
  ends.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  const all = Promise.all(running);
  all.catch(() => undefined); // Who opens a bridge hears of it, and who ends the test.
  return all;
};
