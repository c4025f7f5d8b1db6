import path from 'node:path';
import { projections } from '@plenum/catalogue';
import { traffic } from '@plenum/simulation';
import type { LogName } from '../command-line/stack-options.ts';
import { verifyOne } from '../replay/verify-one.ts';
import type { ManifestLine } from '../simulate/manifest.ts';
import { runSimulation, type SimulationCounts, simulationCounts } from '../simulate/run-simulation.ts';
import { allArrived, withoutOwn } from './arrival.ts';
import { authenticationProblems, strangerProblems } from './authentication.ts';
import { type CommandPhase, type CommandTotals, commandPhase, commandsLine } from './command-phase.ts';
import {
  catchUpMs,
  type Demonstration,
  isOpen,
  portNotes,
  type Running,
  windowMax,
  withinTime,
  withStack,
} from './demonstration.ts';
import { enrolNodes } from './enrol-nodes.ts';
import { type HandedOut, handOut } from './exports.ts';
import { type ProjectionCounters, projectionLine, receivedLine } from './live-metrics.ts';
import { lostMessages } from './lost.ts';
import { balanceOfRun, refusedAnswers, standing, totalOf } from './run-balance.ts';

const toldEveryMs = 2_000;

/** What one run came to. Counts are of this run alone; `appended` and what follows leave the quarantine out. */
export type Outcome = {
  readonly log: LogName;
  readonly published: number;
  readonly acknowledged: number;
  readonly received: number;
  readonly appended: number;
  readonly quarantined: number;
  /** Over all projections of what devices reported, as the next two; of each by itself, below. */
  readonly applied: number;
  readonly duplicates: number;
  readonly parked: number;
  readonly projections: readonly ReportedProjection[];
  /** Acknowledged, and in neither the log nor the quarantine. */
  readonly lost: number;
  /** The tables, all of them and not only this run's rows, are the fold of the log. */
  readonly verified: boolean;
  /** What became of the commands that the nodes were sent, before they sent their messages. */
  readonly commands: CommandTotals;
  /** Every file that was handed out. */
  readonly exports: readonly HandedOut[];
  readonly seconds: number;
};

/** `read` = `applied` + `duplicates` + `not_for_it` + `parked`, and all that the log took in the projection's topics. */
type ReportedProjection = {
  readonly projection: string;
  readonly read: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly not_for_it: number;
  readonly parked: number;
};

/** Sends the messages, waits until they are in the tables, and proves what became of them. Exit code 0 when all is well. */
export const runOnce = async (demonstration: Demonstration): Promise<number> => {
  const { surroundings, json } = demonstration;
  const { tell, out } = surroundings;
  const startMs = performance.now();
  const say = (text: string): void =>
    tell(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(5)} s  ${text}\n`);
  say(
    `starting; the data are in ${demonstration.config.DATABASE_URL === undefined ? demonstration.config.PLENUM_DATA_DIR : 'DATABASE_URL'}`,
  );

  const proof = await withStack(demonstration, { print: tell, say, confide: async (text) => tell(text) }, (running) =>
    demonstrate(demonstration, running, say),
  );
  const seconds = Math.round((performance.now() - startMs) / 10) / 100;
  const outcome: Outcome = { log: demonstration.config.LOG, ...proof.totals, seconds };
  for (const problem of proof.problems) say(`NOT AS IT SHOULD BE: ${problem}`);
  await out(json ? `${JSON.stringify(outcome)}\n` : textOf(outcome, proof));
  return proof.problems.length === 0 ? 0 : 1;
};

type Proof = {
  readonly totals: Omit<Outcome, 'log' | 'seconds'>;
  /** Of what was received. */
  readonly dropped: number;
  readonly problems: readonly string[];
};

const demonstrate = async (
  demonstration: Demonstration,
  { stack, foundation, before, key, stop }: Running,
  say: (text: string) => void,
): Promise<Proof> => {
  const { config } = demonstration;
  say(`MQTT at ${stack.mqttUrl}, API at ${stack.apiUrl}`);
  for (const note of portNotes(stack, config)) say(note.trim());

  const client = { apiUrl: stack.apiUrl, key, stop };
  const { nodes } = traffic(demonstration);
  say(`enrolling ${nodes.length} nodes, each with a key of its own`);
  const enrolled = await enrolNodes(client, nodes);
  await withinTime(catchUpMs, stop, stack.caughtUp, 'the read models did not take who is enrolled');
  const strangers = isOpen(demonstration) ? [] : await strangerProblems(stack.mqttUrl, nodes[0]?.id ?? '', stop);
  const { url, seed, commands } = { ...demonstration, url: stack.mqttUrl };
  const commanded = await commandPhase({ ...{ url, client, seed, nodes, enrolled, commands, say } });
  const { answers } = commanded.totals;
  const { manifest, counts } = await sendMessages(demonstration, { url, enrolled, stop, say });
  if (config.MQTT_MODE === 'connect') {
    const acknowledged = counts.acknowledged + answers;
    await allArrived({ stack: { bridgeBalance: () => withoutOwn(stack.bridgeBalance()) }, acknowledged, stop });
  }
  await stack.stopBridge();
  await withinTime(catchUpMs, stop, stack.caughtUp, 'the read models did not take everything');
  const after = await standing(foundation);
  const refused = await refusedAnswers(foundation, { before, after });
  const balance = balanceOfRun({ before, after, bridge: stack.bridgeBalance(), refusedAnswers: refused });

  say('looking for every acknowledged message in the log');
  const acknowledged = manifest.filter((line) => line.acknowledged).length;
  const lost = await lostMessages({ ...foundation, before: before.ends, after: after.ends, manifest });
  const problems = [
    ...[...balance.problems, ...strangers, ...commanded.problems],
    ...(await authenticationProblems(client)),
  ];
  for (const { n, topic } of lost.slice(0, 5))
    problems.push(`message ${n} on ${topic} was acknowledged and is nowhere`);
  say('designing a ceiling, and asking for its drawings and for readings as files');
  const handedOut = await handOut(client, path.join(config.PLENUM_DATA_DIR, 'drawings'));
  problems.push(...handedOut.problems);
  await withinTime(catchUpMs, stop, stack.caughtUp, 'the read models did not take what was decided');
  say('folding the log again and comparing the tables with it');
  let verified = true;
  for (const projection of projections) {
    const report = await verifyOne(foundation, projection, { shownMax: 3, tell: say, stop });
    verified &&= report.equal;
    for (const difference of report.shown) problems.push(`verify: ${JSON.stringify(difference)}`);
  }
  if (acknowledged !== counts.published)
    problems.push(`${counts.published - acknowledged} messages were not acknowledged`);
  const { received, appended, quarantined, dropped } = balance;
  const totals = { received, appended, quarantined, ...countsOf(balance.projections), lost: lost.length, verified };
  const exported = { commands: commanded.totals, exports: handedOut.files };
  return { totals: { published: counts.published, acknowledged, ...totals, ...exported }, dropped, problems };
};

type Sending = Pick<CommandPhase, 'url' | 'enrolled' | 'say'> & { readonly stop: AbortSignal };
type Sent = { readonly manifest: readonly ManifestLine[]; readonly counts: SimulationCounts };

const sendMessages = async (demonstration: Demonstration, { url, enrolled, stop, say }: Sending): Promise<Sent> => {
  const { messages, nodes } = demonstration;
  say(`sending ${messages} messages from ${nodes} nodes at QoS 1`);
  const manifest: ManifestLine[] = [];
  const counts = simulationCounts();
  const telling = setInterval(() => say(`${counts.acknowledged} of ${messages} acknowledged`), toldEveryMs);
  try {
    await runSimulation({
      ...{ url, plan: demonstration, ratePerSecond: 0, signIns: enrolled.signIns },
      ...{ windowMax, counts, stop },
      manifest: (line) => void manifest.push(line),
    });
  } finally {
    clearInterval(telling);
  }
  stop.throwIfAborted();
  say(`${counts.acknowledged} of ${messages} acknowledged; waiting for the read models`);
  return { manifest, counts };
};

const countsOf = (counters: readonly ProjectionCounters[]) => ({
  ...{
    applied: totalOf(counters, 'applied'),
    duplicates: totalOf(counters, 'duplicates'),
    parked: totalOf(counters, 'parked'),
  },
  projections: counters.map(({ notForIt, parked, ...rest }) => ({ ...rest, not_for_it: notForIt, parked })),
});

const textOf = (outcome: Outcome, { dropped, problems }: Pick<Proof, 'dropped' | 'problems'>): string => {
  const { published, acknowledged, projections, lost } = outcome;
  return [
    '',
    `published ${published}, acknowledged ${acknowledged}, lost ${lost}`,
    receivedLine({ ...outcome, dropped }),
    ...projections.map(({ not_for_it, ...counters }) => projectionLine({ ...counters, notForIt: not_for_it })),
    commandsLine(outcome.commands),
    'files, each with its SHA-256:',
    ...outcome.exports.map(({ file, sha256 }) => `  ${file}  ${sha256}`),
    `tables ${outcome.verified ? 'equal' : 'DIFFERENT FROM'} the fold of the log`,
    problems.length === 0
      ? `All is well, in ${outcome.seconds} s.`
      : `${problems.length} things are not as they should be.`,
    '',
  ].join('\n');
};
