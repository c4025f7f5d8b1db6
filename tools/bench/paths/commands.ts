/**
 * From the request for a command to the PUBLISH at the node's socket, at 200 a second and for all nodes at once. Nodes sign in with
 * keys of their own, acknowledge and answer every command, so the way up is under load, too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit, LimitBench, Limited } from '../bench.ts';
import type { Open, Pace, Sent, SentToAll } from '../load/command-load.ts';
import type { Member } from '../machine/member.ts';
import { openFilesMax, type Usage, type Watched, watchUsage } from '../machine/usage.ts';
import { Missing } from '../missing.ts';
import type { Arrivals } from '../site/arrivals.ts';
import { enrolNodes } from '../site/enrol-nodes.ts';
import { postgresWork, sessionsOf } from '../site/postgres-shares.ts';
import { startSite } from '../site/start-site.ts';
import { quantile } from '../statistics.ts';
import { describeUsage, grouped } from '../tell.ts';

const limits: readonly Limit[] = [
  { name: 'commands-half', atMost: 125, aim: 50 },
  { name: 'commands', atMost: 250, aim: 100 },
  { name: 'commands-all', atMost: 5, aim: 2, unit: 's' },
  { name: 'commands-all-whole', atMost: 7, aim: 3, unit: 's' },
];

const perSecond = 200;
/** This many times as long as a side of a pair: 99 of 100 needs some hundreds. */
const longer = 2;
/** Code is compiled by how often it ran. */
const warmUp: Pace = { perSecond, seconds: 10 };
/** Beside the sockets of nodes. */
const otherFiles = 500;

export const commands: LimitBench = {
  kind: 'limit',
  name: 'commands',
  about: `request to PUBLISH at the node at ${perSecond} commands/s, half and 99 of 100; one for all nodes, first to last and from the request`,
  unit: 'ms',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: () => limits,
  measure: async (world, { log, seconds, pairs, nodes }) => {
    if (openFilesMax() < nodes + otherFiles) throw new Missing(`${nodes + otherFiles} open files (ulimit -n)`);
    const site = await startSite(world, log);
    const load = await world.tool({ name: 'load', program: 'load/command-load.ts' });
    try {
      const { mqttPort, apiUrl, apiHeaders, arrivals } = site;
      const nodeIds = Array.from({ length: nodes }, (_, index) => `bench-node-${index}`);
      await load.ask('open', { mqttPort, apiUrl, apiHeaders, nodes: await enrolNodes(site, nodeIds) } satisfies Open);
      world.tell(`  ${grouped(nodes)} nodes are enrolled, and connected with their keys`);
      const watched = [...site.counted(), ...site.besides(), { name: 'load', pid: load.pid }];
      const measuring: Measuring = { load, arrivals, watched };
      await measured(measuring, () => load.ask<Sent>('run', warmUp), warmUp.perSecond * warmUp.seconds * 0.9);
      const paced = await pacedRounds(measuring, { perSecond, seconds: seconds * longer }, pairs);
      const all = await roundsToAll(measuring, nodes, pairs);
      return [...paced, ...all];
    } finally {
      await load.stop();
      await site.stop();
    }
  },
};

type Measuring = { readonly load: Member; readonly arrivals: Arrivals; readonly watched: readonly Watched[] };

const pacedRounds = async (measuring: Measuring, pace: Pace, rounds: number): Promise<readonly Limited[]> => {
  const [half, most, usage, notes]: [number[], number[], Usage[], string[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const one = await measured(measuring, () => measuring.load.ask<Sent>('run', pace), 0);
    const { seenMs, answeredMs } = one.came;
    half.push(quantileOf(seenMs, 0.5));
    most.push(quantileOf(seenMs, 0.99));
    usage.push(one.usage);
    notes.push(describeParts({ 'to the answer of the API': answeredMs, 'to the node': seenMs }));
    notes.push(`all of them have ended ${one.lateMs.toFixed(0)} ms after the last came`, describeUsage(one.usage));
    notes.push(one.work(seenMs.length));
  }
  return [
    { values: half, usage, notes: [] },
    { values: most, usage, notes },
  ];
};

const roundsToAll = async (measuring: Measuring, nodes: number, rounds: number): Promise<readonly Limited[]> => {
  const [toLast, whole, usage, notes]: [number[], number[], Usage[], string[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const one = await measured(measuring, () => measuring.load.ask<SentToAll>('sendToAll'), nodes);
    const { answeredMs, firstMs, lastMs } = one.came;
    toLast.push((lastMs - firstMs) / 1000);
    whole.push(lastMs / 1000);
    usage.push(one.usage);
    const times = `answered after ${answeredMs.toFixed(0)} ms, first at a node after ${firstMs.toFixed(0)}, last after ${lastMs.toFixed(0)}`;
    notes.push(
      `${times}; all have ended ${one.lateMs.toFixed(0)} ms later; ${describeUsage(one.usage)}`,
      one.work(nodes),
    );
  }
  return [
    { values: toLast, usage, notes },
    { values: whole, usage, notes: [] },
  ];
};

type Round<Came> = {
  readonly came: Came;
  readonly usage: Usage;
  readonly lateMs: number;
  /** What PostgreSQL did for each of so many commands. */
  readonly work: (commandsSent: number) => string;
};

/** Until every command has ended. @throws when fewer succeeded than that, or one ended otherwise. */
const measured = async <Came>(
  { arrivals, watched }: Measuring,
  send: () => Promise<Came>,
  atLeast: number,
): Promise<Round<Came>> => {
  const [before, workBefore] = [await endings(arrivals), await postgresWork(arrivals)];
  const usageSince = watchUsage(watched);
  const came = await send();
  const cameMs = performance.now();
  while ((await open(arrivals)) > 0) {
    if (performance.now() - cameMs > endMsMax) throw new Error(`commands were still open after ${endMsMax} ms`);
    await sleep(lookEveryMs);
  }
  const [lateMs, usage, after] = [performance.now() - cameMs, usageSince(), await endings(arrivals)];
  const [workAfter, sessions] = [await postgresWork(arrivals), await sessionsOf(arrivals, usage)];
  const work = (sent: number): string => {
    const each = (value: number): string => (value / sent).toFixed(1);
    const shares = sessions.map(({ name, cpuSeconds }) => `${name} ${each(cpuSeconds * 1000)}`).join(', ');
    const walKb = (workAfter.walBytes - workBefore.walBytes) / 1024;
    return `a command: ${each(workAfter.transactions - workBefore.transactions)} transactions, ${each(walKb)} kB of WAL, ms of CPU of postgres: ${shares}`;
  };
  if (after.others > 0) throw new Error(`${after.others} commands did not succeed`);
  if (after.succeeded - before.succeeded < atLeast) throw new Error('fewer commands succeeded than were sent');
  return { came, usage, lateMs, work };
};

const lookEveryMs = 250;
const endMsMax = 120_000;

const open = async ({ ask }: Arrivals): Promise<number> => {
  const [row] = await ask<{ count: number }>(
    `select count(*)::int as count from plenum_device.open_command where state <> 'ended'`,
  );
  return row?.count ?? 0;
};

/** In streams of commands for one node. */
const endings = async ({ ask }: Arrivals): Promise<{ readonly succeeded: number; readonly others: number }> => {
  const [row] = await ask<{ succeeded: number; others: number }>(
    `select count(*) filter (where type = 'CommandSucceeded')::int as succeeded,
            count(*) filter (where type <> 'CommandSucceeded')::int as others
       from plenum_store.stream_event, substring(headers->>'ce_type' from '[A-Za-z]+$') as type
      where type in ('CommandSucceeded', 'CommandFailed', 'CommandUnanswered', 'CommandExpired', 'CommandCancelled')`,
  );
  return row ?? { succeeded: 0, others: 0 };
};

const describeParts = (parts: Readonly<Record<string, readonly number[]>>): string =>
  Object.entries(parts)
    .map(([part, values]) => {
      const [half, most] = [0.5, 0.99].map((share) => quantileOf(values, share).toFixed(1));
      return `${part}: half within ${half} ms, 99 of 100 within ${most} ms (${values.length})`;
    })
    .join('; ');

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
