/** Sends made-up traffic over real MQTT connections, at a pace, and keeps account of every acknowledgement. */
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type SimulatedMessage, type TrafficPlan, traffic } from '@plenum/simulation';
import type { AnsweringNodes } from './answering-nodes.ts';
import { connectDevices, type Devices, type SignIn } from './devices.ts';
import { type ManifestLine, manifestLine } from './manifest.ts';

export type SimulationSettings = {
  readonly url: string;
  readonly plan: TrafficPlan;
  /** What the nodes sign in with, each as itself; without it they do not, and have client ids of the simulation. */
  readonly signIns?: readonly SignIn[];
  /** Takes the commands that come for them. */
  readonly answering?: Pick<AnsweringNodes, 'attach' | 'idle'>;
  /** Messages a second; 0 for as fast as they are acknowledged. */
  readonly ratePerSecond: number;
  /** Ends the traffic after this long; the plan's number of messages ends it, too. */
  readonly seconds?: number;
  /** Messages a node may have in flight. */
  readonly windowMax: number;
  /** Takes what is known of every message: when it is acknowledged, or at the end if it never was. */
  readonly manifest?: (line: ManifestLine) => Promise<void> | void;
  /** Kept up to date, for the live figures. */
  readonly counts?: SimulationCounts;
  /** How long the broker may take to accept the connections. */
  readonly connectTimeoutMs?: number;
  /** How long the last acknowledgements are waited for once somebody has asked to stop. */
  readonly drainMs?: number;
  readonly stop: AbortSignal;
};

export type SimulationCounts = {
  published: number;
  acknowledged: number;
  connected: number;
  reconnects: number;
  readonly kinds: Map<SimulatedMessage['kind'], number>;
};

export const simulationCounts = (): SimulationCounts => ({
  published: 0,
  acknowledged: 0,
  connected: 0,
  reconnects: 0,
  kinds: new Map(),
});

/** Stable over runs, so that a broker finds its sessions again. */
export const clientIdOf = (seed: number, node: number): string =>
  `plenum-sim-${seed}-${String(node + 1).padStart(3, '0')}`;

/** Messages handed over before the event loop gets a turn. */
const burst = 200;

/**
 * Sends until the plan or the time is over, or `stop` aborts; then waits for what is in flight, and for the answers to commands.
 * @throws when the broker does not take the connections, or the manifest cannot be written.
 */
export const runSimulation = async (settings: SimulationSettings): Promise<SimulationCounts> => {
  const { url, plan, windowMax, stop, manifest, counts = simulationCounts(), drainMs = 10_000 } = settings;
  const { connectTimeoutMs = 15_000, signIns, answering } = settings;
  const { next, nodes } = traffic(plan);
  const clientIds = nodes.map(({ id }, node) => (signIns === undefined ? clientIdOf(plan.seed, node) : id));
  const devices = await connectDevices({
    url,
    clientIds,
    signIns,
    answering,
    windowMax,
    connectTimeoutMs,
    stop,
    counts,
  });
  const inFlight = new Map<number, SimulatedMessage>();
  const failures: unknown[] = [];
  const record = (message: SimulatedMessage, acknowledged: boolean): void => {
    if (manifest === undefined) return;
    Promise.resolve(manifest(manifestLine(message, acknowledged))).catch((error: unknown) => failures.push(error));
  };
  const send = async (message: SimulatedMessage): Promise<void> => {
    await devices.publish(message.node, message, (acknowledged) => {
      // Those that were given up when the connections closed are recorded together, below.
      if (!acknowledged) return;
      inFlight.delete(message.n);
      counts.acknowledged += 1;
      record(message, true);
    });
    inFlight.set(message.n, message);
    counts.published += 1;
    counts.kinds.set(message.kind, (counts.kinds.get(message.kind) ?? 0) + 1);
  };

  try {
    await sendAll(settings, () => next(Date.now() * 1000), { send, failed: () => failures.length > 0 });
    await drained({ devices, answering }, stop, drainMs);
  } finally {
    await devices.close();
  }
  for (const message of inFlight.values()) record(message, false);
  if (failures.length > 0) throw failures[0];
  return counts;
};

type Sending = { readonly send: (message: SimulatedMessage) => Promise<void>; readonly failed: () => boolean };

const sendAll = async (
  { ratePerSecond, seconds, stop }: SimulationSettings,
  next: () => SimulatedMessage | undefined,
  { send, failed }: Sending,
): Promise<void> => {
  const startMs = performance.now();
  const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : startMs + seconds * 1000;
  let dueMs = startMs;
  for (let sent = 1; !stop.aborted && !failed(); sent += 1) {
    const nowMs = performance.now();
    if (nowMs >= endMs) return;
    if (ratePerSecond > 0) {
      // What could not be sent in time is not made up for in one burst.
      dueMs = Math.max(dueMs + 1000 / ratePerSecond, nowMs - 1000);
      if (dueMs >= endMs) return;
      const waitMs = dueMs - nowMs;
      // Stopping early is what the loop looks at next.
      if (waitMs > 1) await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted || performance.now() >= endMs) return;
    } else if (sent % burst === 0) {
      await nextTurn();
    }
    const message = next();
    if (message === undefined) return;
    try {
      await send(message);
    } catch (error) {
      if (stop.aborted) return;
      throw error;
    }
  }
};

type Busy = { readonly devices: Devices; readonly answering: SimulationSettings['answering'] | undefined };

/** Waits without a limit, for a broker that is away comes back; but only so long after somebody asked to stop. */
const drained = async ({ devices, answering }: Busy, stop: AbortSignal, drainMs: number): Promise<void> => {
  const over = new AbortController();
  const asked = stop.aborted ? Promise.resolve() : once(stop, 'abort', { signal: over.signal });
  // Both waits end when the messages are acknowledged first.
  const patience = asked.then(() => sleep(drainMs, undefined, { signal: over.signal })).catch(() => undefined);
  await Promise.race([devices.drained().then(() => answering?.idle()), patience]);
  over.abort();
};
