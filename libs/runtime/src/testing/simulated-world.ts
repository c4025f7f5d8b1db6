/**
 * The whole system in memory under one seed: devices, the bridge, the log, projectors in several replicas, the read
 * models, and a reaction with the event store and the outbox relay behind it. What happens when is drawn from the seed;
 * everything that runs is the real thing but for the outermost adapters. `simulate` ends when all that the devices had
 * to say is acknowledged, and the projectors have read it; then `findings` says what does not hold.
 */
import { projections as catalogued, topics as cataloguedTopics, domains, events } from '@plenum/catalogue';
import { ReadingReported, type ReadingReportedData } from '@plenum/ceiling';
import { trafficOf } from '@plenum/domain/testing';
import { type Build, foldProjection, keyText, type Projection, type Recorded, tablesOf } from '@plenum/read-model';
import { buildAgain, declaredBuild } from '../builds/choose-build.ts';
import { runBuilds } from '../builds/run-builds.ts';
import { groupOf, partitionsOf } from '../consumer/partitions.ts';
import { TransientFailure } from '../errors.ts';
import { decodeAll } from '../event-codec.ts';
import type { Log, LogRecord } from '../log.ts';
import type { Logger } from '../ports.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { runProjection } from '../run-projection.ts';
import { type Chance, chance } from './chance.ts';
import { jsonCodec } from './json-codec.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { type MemoryReadModelStore, memoryReadModelStore } from './memory-read-model-store.ts';
import { projectedOneAtATime } from './one-at-a-time.ts';
import { refusalOf } from './postgres-refusals.ts';
import { plotEvents, plotsProjection, plotsTopic } from './sample-plots.ts';
import { purseEvents, pursesTopic } from './sample-purses.ts';
import { slowed, straying } from './simulated-clients.ts';
import { type SimulatedDevices, simulatedDevices } from './simulated-devices.ts';
import { simulatedMessages } from './simulated-messages.ts';
import { simulatedPlots } from './simulated-plots.ts';
import { type SimulatedReactors, simulatedReactors } from './simulated-reactors.ts';

export type World = {
  readonly log: MemoryLog;
  readonly store: MemoryReadModelStore;
  readonly devices: SimulatedDevices;
  readonly reactors: SimulatedReactors;
  /** How often each kind of fault struck: a schedule without any proves little. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** What queries see in the end: in half of the schedules as kept by a program that takes what was parked. */
  readonly projections: readonly Build[];
};

export type Fault =
  | 'append'
  | 'commit'
  | 'crash'
  | 'bridge'
  | 'move'
  | 'member'
  | 'slow'
  | 'stray'
  | 'poison'
  | 'reactor'
  | 'rebuild'
  | 'give-up';

/** How often each struck, to begin with. */
export const noFaults: Readonly<Record<Fault, number>> = {
  append: 0,
  commit: 0,
  crash: 0,
  bridge: 0,
  move: 0,
  member: 0,
  slow: 0,
  stray: 0,
  poison: 0,
  reactor: 0,
  rebuild: 0,
  'give-up': 0,
};

const declared: readonly Projection[] = [...catalogued, plotsProjection];
const topics = [...cataloguedTopics, plotsTopic];
const stepsMax = 20_000;
/** What clients of the domains ask for. */
const commandsMax = 40;
const traffic = await trafficOf(domains);
const codec = jsonCodec([...events, ...purseEvents, ...plotEvents]);

/** Runs one schedule to its end. @throws when it does not come to one. */
export const simulate = async (seed: number): Promise<World> => {
  const random = chance(seed);
  const faults: Record<Fault, number> = { ...noFaults };
  let calm = false;
  const strikes = (fault: Fault, share: number): boolean => {
    const struck = random.happens(share) && !calm;
    if (struck) faults[fault] += 1;
    return struck;
  };
  const log = memoryLog([...topics, pursesTopic], {
    onAppend: () => (strikes('append', 0.1) ? random.pick(['refused', 'answer-lost']) : 'stored'),
    batchRecordsMax: () => 1 + random.below(7),
    pause: nextTurn,
  });
  const store = memoryReadModelStore({
    atCommit: () => (strikes('commit', 0.05) ? random.pick(['before', 'after']) : 'none'),
  });
  const devices = simulatedDevices({ log, codec, chance: random, messages: simulatedMessages(random) });
  const reactors = simulatedReactors({ log, codec, chance: random, strikes });
  const plots = simulatedPlots(log, random);
  const projectors = replicas(straying(log, random, strikes), slowed(store, random, strikes));

  /** In half of the schedules members that come later are of a program that takes what was refused before. */
  const mendedFrom = random.happens(0.5) ? random.below(80) : undefined;
  try {
    for (
      let step = 0;
      !(devices.isDone() && plots.isDone() && (await isRead(log, store)) && (await reactors.isDone()));
      step += 1
    ) {
      // Nothing is to be set right by the next fault.
      calm = devices.isDone() && plots.isDone();
      if (step === mendedFrom) projectors.mend();
      if (calm) projectors.renew();
      if (step > stepsMax) throw new Error(`seed ${seed}: no end after ${stepsMax} steps`);
      devices.send();
      if (!plots.isDone()) await plots.relay();
      if (!calm && step < commandsMax) await decideSomething(reactors, random, step);
      if (strikes('bridge', 0.02)) devices.killBridge();
      if (strikes('crash', 0.02)) store.crash();
      if (strikes('poison', 0.02)) await plantPoison(log, random);
      if (strikes('member', 0.05)) projectors.change(random);
      if (strikes('reactor', 0.05)) reactors.killOne();
      if (calm) reactors.thaw();
      if (strikes('rebuild', 0.04)) await askForBuild(store, random);
      const known = (await store.builds()).filter(({ state }) => state === 'active' || state === 'building');
      const building = known.find(({ state }) => state === 'building');
      if (building !== undefined && strikes('give-up', 0.3)) await store.retire(building);
      if (known.length > 0 && strikes('move', 0.03)) log.movePartitions(groupOf(random.pick(some(known))));
      for (let turns = random.below(6); turns > 0; turns -= 1) await nextTurn();
      devices.passTime();
      projectors.check();
      reactors.check();
    }
    await projectors.stop();
    await reactors.stop();
  } catch (error) {
    // What is under way is stopped as well: a test that has failed is to end.
    void Promise.allSettled([projectors.stop(), reactors.stop()]);
    throw error;
  }
  const seen = await activeOf(store, mendedFrom === undefined ? declared : mendedDeclared);
  if (mendedFrom !== undefined) await released({ log, store, projections: seen });
  return { log, store, devices, reactors, faults, projections: seen };
};

/** What queries see, as a program has declared it. */
const activeOf = async (store: MemoryReadModelStore, projections: readonly Projection[]): Promise<readonly Build[]> =>
  (await store.builds())
    .filter(({ state }) => state === 'active')
    .flatMap((one) => declaredBuild(projections, one) ?? []);

/** Somebody wants a projection built again; who makes it are the projectors. */
const askForBuild = async (store: MemoryReadModelStore, random: Chance): Promise<void> => {
  const known = await store.builds();
  const projection = random.pick(some(declared));
  if (!known.some(({ name, state }) => name === projection.name && state === 'active')) return;
  const build = buildAgain(projection, known);
  await store.prepare(build, partitionsOf(build, build.topics, topics));
};

const decideSomething = async (reactors: SimulatedReactors, random: Chance, step: number): Promise<void> => {
  const [first, ...rest] = traffic;
  if (first === undefined) return;
  await reactors.decide(random.pick([first, ...rest]).command(random), `client-${step}`).catch(onlyTransient);
};

/** The same projection, by a program that takes what the one before refused. */
const mendedProjection = (projection: Projection): Projection => ({
  ...projection,
  entry: (recorded) => {
    const row = projection.entry(recorded) as { readonly metadata?: string } | undefined; // Where it has that, it is a row.
    return row?.metadata === 'no JSON' ? { ...row, metadata: '{}' } : row;
  },
});

const mendedDeclared = declared.map(mendedProjection);

type Mended = Pick<World, 'log' | 'store' | 'projections'>;

/** Settles when two members of a mended program have taken all that was parked. */
const released = async ({ log, store, projections: mended }: Mended): Promise<void> => {
  const stop = new AbortController();
  const parts = { store, codec, log, topics, logger: silent, recordsMax: 2, pause: nextTurn };
  const members = [...mended, ...mended].map((projection) => runProjection({ ...parts, projection }, stop.signal));
  const done = Promise.all(members);
  const failed = done.then(() => undefined);
  // What a decision is refused for is not mended.
  const mendable = mended.filter(({ streams }) => streams === undefined);
  while (mendable.some((projection) => store.parked(projection).length > 0)) await Promise.race([nextTurn(), failed]);
  stop.abort();
  await done;
};

/** Everything that ought to hold at the end and does not, in words. */
export const findings = async ({ log, store, devices, reactors, projections }: World): Promise<readonly string[]> => {
  const wrong: string[] = [];
  const records = new Map<string, readonly Placed[]>();
  for (const { name } of topics) records.set(name, await readAll(log, name));

  const kept = new Set(
    [...records.values()].flat().flatMap(({ event }) => (event === undefined ? [] : [markIn(event.event)])),
  );
  for (const { topic, mark } of devices.acknowledged()) {
    if (!kept.has(mark))
      wrong.push(`${mark} on ${topic} was acknowledged, but is neither in the log nor in quarantine`);
  }
  for (const projection of projections) {
    const inLog = projection.topics.flatMap((topic) => records.get(topic) ?? []);
    const refused = projection.streams === undefined ? undefined : await parkedIn(projection, inLog);
    wrong.push(...compare(projection, store, { inLog, refused }));
  }
  wrong.push(...(await reactors.findings()));
  return wrong;
};

/**
 * A reading whose row no table takes, written past the bridge, as a faulty bridge would. Whether it gets there does not
 * matter to anybody.
 */
const plantPoison = async (log: MemoryLog, random: Chance): Promise<void> => {
  const sensor = `n${random.below(4)}_humidity`;
  const times = { effectiveTimeUs: 0, recordedTimeUs: 0 };
  const at = { x: 1, y: 2, z: 3, zone: undefined };
  const data: ReadingReportedData = {
    ...{ sensor_id: sensor, node_id: undefined, sensor_type: 'humidity', value: 1, unit: '%', location: at },
    ...{ timestamp: '', device_time: 0, metadata: 'no JSON', message_id: undefined },
  };
  const id = `00000000-0000-4000-8000-${String(random.below(1_000_000)).padStart(12, '0')}`;
  await log.append([codec.encode({ id, type: ReadingReported.type, source: '', ...times, data })]).catch(onlyTransient);
};

const onlyTransient = (error: unknown): void => {
  if (!(error instanceof TransientFailure)) throw error;
};

type Placed = { readonly record: LogRecord; readonly event: Recorded | undefined };

const readAll = async (log: MemoryLog, topic: string): Promise<readonly Placed[]> => {
  const placed: Placed[] = [];
  for (const { partition, first, next } of await log.positions(topic)) {
    for await (const batch of log.read({ topic, partition, from: first, to: next })) {
      for (const { record, known } of await decodeAll(codec, batch.records)) {
        const event = known.outcome === 'event' ? { event: known.event, partition, offset: record.offset } : undefined;
        placed.push({ record, event });
      }
    }
  }
  return placed;
};

/** The mark of the message an event was made of. */
const markIn = ({ data }: Recorded['event']): string => {
  const { payload, message_id } = data as Record<string, unknown>; // Of whichever event it is.
  if (!(payload instanceof Uint8Array)) return String(message_id);
  return /n\d+-\d+/.exec(new TextDecoder().decode(payload))?.[0] ?? '';
};

/** Of a projection that takes streams in turn: what is parked where every record comes by itself. */
const parkedIn = async (projection: Build, inLog: readonly Placed[]): Promise<ReadonlySet<LogRecord>> => {
  const parked = new Set<LogRecord>();
  for (const [partition, placed] of Map.groupBy(inLog, ({ event }) => event?.partition ?? 0)) {
    const records = placed.map(({ record }) => record);
    const at = { topic: projection.topics[0] ?? '', partition };
    const store = await projectedOneAtATime({ projection, codec, at, records });
    for (const { offset } of store.parked(projection)) parked.add(records[Number(offset)] as LogRecord); // From 0 on.
  }
  return parked;
};

type Compared = { readonly inLog: readonly Placed[]; readonly refused: ReadonlySet<LogRecord> | undefined };

const compare = (projection: Build, store: MemoryReadModelStore, { inLog, refused: left }: Compared) => {
  const wrong: string[] = [];
  const parkedFrom = new Map<string, bigint>();
  const accepted = inLog.flatMap(({ record, event }) => {
    if (left !== undefined) return event === undefined || left.has(record) ? [] : [event];
    const entry = event && projection.entry(event);
    const refused =
      entry !== undefined &&
      projection.ledger !== undefined &&
      refusalOf(projection.ledger, entry as never) !== undefined;
    if (refused && !parkedFrom.has(record.key)) parkedFrom.set(record.key, record.offset);
    return event === undefined || parkedFrom.has(record.key) ? [] : [event];
  });
  const folded = foldProjection(projection, accepted);
  for (const table of tablesOf(projection)) {
    const expected = folded.get(table.name) ?? new Map();
    const found = store.rows(projection, table.name);
    if (found.size !== expected.size) wrong.push(`${table.name}: ${found.size} rows, the fold has ${expected.size}`);
    for (const [key, row] of expected) {
      const there = found.get(key);
      for (const column of Object.keys(table.columns)) {
        if (show(there?.[column]) === show(row[column])) continue;
        wrong.push(
          `${table.name} ${keyText(table, row)} ${column}: ${show(there?.[column])}, the fold has ${show(row[column])}`,
        );
      }
    }
  }
  const { read, applied, duplicates, notForIt, parked } = store.counters(projection);
  if (read !== applied + duplicates + notForIt + parked) wrong.push(`${projection.name}: the counters do not balance`);
  if (read !== inLog.length) wrong.push(`${projection.name}: read ${read} of ${inLog.length} records`);
  if (parked !== inLog.length - accepted.length)
    wrong.push(`${projection.name}: parked ${parked}, not ${inLog.length - accepted.length}`);
  return wrong;
};

const show = (value: unknown): string => (value instanceof Uint8Array ? value.toHex() : String(value));

type Member = {
  readonly program: readonly Projection[];
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
};

/** Up to four projector processes, each with every projection; they come, go, and always at least one is there. */
const replicas = (log: Log, store: ReadModelStore) => {
  let current: readonly Projection[] = declared;
  let members: readonly Member[] = [];
  const left: Promise<unknown>[] = [];
  let failure: unknown;
  const join = (): void => {
    const stop = new AbortController();
    const parts = { store, codec, log, topics, logger: silent, recordsMax: 5, pause: nextTurn, lookAgain: someTurns };
    const done = runBuilds({ ...parts, projections: current }, stop.signal).catch((error: unknown) => {
      failure ??= error;
    });
    members = [...members, { program: current, stop, done }];
  };
  const leave = (member = members[0]): void => {
    if (member === undefined) return;
    member.stop.abort();
    left.push(member.done);
    members = members.filter((one) => one !== member);
  };
  join();
  return {
    /** Members that join from now on. */
    mend: (): void => {
      current = mendedDeclared;
    },
    /**
     * What has begun comes to its end: members of the program before give way. One that stays would keep parked in a new build what the
     * mended ones have released in the one that queries see, and then nothing but somebody's decision activates it.
     */
    renew: (): void => {
      for (const member of members.filter(({ program }) => program !== current)) {
        leave(member);
        join();
      }
    },
    change: (random: Chance): void =>
      members.length > 1 && (members.length > 3 || random.happens(0.5)) ? leave() : join(),
    check: (): void => {
      if (failure !== undefined) throw failure;
    },
    stop: async (): Promise<void> => {
      while (members.length > 0) leave();
      await Promise.all(left);
      if (failure !== undefined) throw failure;
    },
  };
};

/** Everything is in what queries see, and nothing else is left. */
const isRead = async (log: MemoryLog, store: MemoryReadModelStore): Promise<boolean> => {
  const known = await store.builds();
  const active = await activeOf(store, declared);
  if (known.some(({ state }) => state === 'building' || state === 'retired')) return false;
  if (active.length < declared.length) return false;
  for (const projection of active) {
    for (const topic of projection.topics) {
      for (const { partition, next } of await log.positions(topic)) {
        if ((await store.position(projection, { topic, partition })) !== next) return false;
      }
    }
  }
  return true;
};

const some = <T>(list: readonly T[]): readonly [T, ...T[]] => {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('the catalogue is empty');
  return [first, ...rest];
};

const someTurns = async (): Promise<void> => {
  for (let turns = 0; turns < 4; turns += 1) await nextTurn();
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
