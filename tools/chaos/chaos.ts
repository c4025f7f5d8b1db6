/** The whole run: a site under load, one fault a round, and what became of everything. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededNumbers } from '@plenum/simulation';
import { pythonEnvironment } from '../examples/python-environment.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import { type ApiWatch, watchApi } from './api-watch.ts';
import { askingAt } from './asking.ts';
import { sessionsEnded } from './broker-sessions.ts';
import { type CommandsLoad, startCommands } from './commands/commands-load.ts';
import type { CommandsVerdict } from './commands/commands-verdict.ts';
import { type DecisionsLoad, startDecisions } from './decisions/decisions-load.ts';
import { type EndVerdict, endRun } from './end-run.ts';
import { type ExportsLoad, startExports } from './exports/exports-load.ts';
import type { ExportsVerdict } from './exports/exports-verdict.ts';
import { faultOf, faults } from './faults/all.ts';
import type { Fault } from './faults/fault.ts';
import { between } from './numbers.ts';
import type { ChaosOptions } from './options.ts';
import { planted, plantPoison } from './plant-poison.ts';
import { type Recovery, recoveryOf, siteReady, slowestOf } from './recovery.ts';
import { type SessionsLoad, startSessions } from './sessions/sessions-load.ts';
import type { SessionsVerdict } from './sessions/sessions-verdict.ts';
import { keepLogs } from './site/keep-logs.ts';
import type { LogLine } from './site/program.ts';
import { type Site, startSite } from './site/site.ts';
import { sweepSites } from './site/sweep-sites.ts';
import { onTheWayMs, type Verdict, verdictOf } from './verdict.ts';

export type ChaosReport = {
  readonly rounds: number;
  readonly seed: number;
  readonly log: string;
  readonly mqtt: string;
  readonly acknowledged: number;
  readonly lost: number;
  /** What a killed Mosquitto had acknowledged and not handed on. */
  readonly lost_by_broker: number;
  readonly twice: number;
  readonly parked: number;
  readonly verified: boolean;
  /** What was decided through the API beside all that. */
  readonly decisions: Readonly<Record<'acknowledged' | 'refused' | 'repeated' | 'reactions_answered', number>>;
  /** What was decided, in the log, by type. */
  readonly decided_events: Readonly<Record<string, number>>;
  /** Exports that were asked for beside all that. */
  readonly exports: Readonly<Record<'accepted' | 'ready' | 'failed' | 'served' | 'different', number>>;
  /** What clients with kept sessions published and heard; nothing where devices connect to a broker. */
  readonly sessions: Omit<SessionsVerdict, 'problems'> | undefined;
  /** What nodes were commanded, and what became of it; nothing where there is no Python for them. */
  readonly commands: Omit<CommandsVerdict, 'problems'> | undefined;
  readonly recovery_seconds_max: number;
  /** By kind of fault, of each time the slowest of the five measures, in seconds. */
  readonly recoveries: Readonly<Record<string, readonly number[]>>;
  /** Kinds that could not happen on this machine, with the reason. */
  readonly not_done: Readonly<Record<string, string>>;
  readonly failures: readonly string[];
};

/** Back at work within this long, whatever happened. */
const recoveryMaxMs = 15_000;
/** How long a round waits to see how late it was. */
const patienceMs = 45_000;
/** A fold that takes longer is not asked for after every round. */
const foldMsMax = 3_000;
const foldEveryRounds = 10;

export type ChaosParts = {
  readonly tell: (line: string) => void;
  /** Ends the run after the round in hand. */
  readonly stop: AbortSignal;
};

type Run = {
  readonly options: ChaosOptions;
  readonly site: Site;
  readonly accounts: Accounts;
  readonly api: ApiWatch;
  readonly parts: ChaosParts;
  readonly failures: string[];
  readonly recoveries: Map<string, number[]>;
  /** What a broker of somebody else acknowledged and lost. */
  readonly lostByBroker: { count: number };
  /** How long the last verdict with a fold took, in which round it was, and whether all were equal so far. */
  readonly folding: { lastMs: number; lastRound: number; equal: boolean };
};

const root = path.join(import.meta.dirname, '../..');
const cache = path.join(root, '.cache/chaos');
const pahoPinned = path.join(root, 'docs/examples/device/requirements.txt');

/** @throws when a site cannot be started. What goes wrong later is in the report. */
export const runChaos = async (options: ChaosOptions, parts: ChaosParts): Promise<ChaosReport> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}`);
  const logs = path.join(directory, 'logs');
  const chosen = faults.filter(({ kind }) => options.only.length === 0 || options.only.includes(kind));
  const ownDisk = chosen.some(({ kind }) => kind === 'full-disk');
  const bridgeLines: LogLine[] = [];
  const bridgeSaid = (line: LogLine): void => {
    if (line.msg === 'the bridge has stopped') bridgeLines.push(line);
  };
  const site = await startSite({ ...options, exporters: 2, replicas: 2, directory, logs, ownDisk, bridgeSaid });
  const notDone = new Map<string, string>();
  const possible = chosen.filter((fault) => {
    const reason = fault.impossible?.(site);
    if (reason !== undefined) notDone.set(fault.kind, reason);
    return reason === undefined;
  });
  const api = watchApi(site);
  const accounts = openAccounts(site);
  let decisions: DecisionsLoad | undefined;
  let exports: ExportsLoad | undefined;
  let sessions: SessionsLoad | undefined;
  let commands: CommandsLoad | undefined;
  const run: Run = {
    options,
    site,
    accounts,
    api,
    parts,
    failures: [],
    recoveries: new Map(),
    lostByBroker: { count: 0 },
    folding: { lastMs: 0, lastRound: 0, equal: true },
  };
  let rounds = 0;
  try {
    await warmUp(run);
    const asking = askingAt(site);
    decisions = startDecisions(site, options.seed, asking);
    exports = startExports(site, options.seed, asking);
    if (options.mqtt === 'listen') sessions = startSessions(site, options.seed);
    const { python, skip } = await pythonEnvironment(pahoPinned);
    if (python === undefined) notDone.set('commands', skip);
    else commands = startCommands(site, options.seed, python);
    await Promise.all([exports.begun, sessions?.begun, commands?.begun]);
    for (let round = options.first; round < options.first + options.rounds && !parts.stop.aborted; round += 1) {
      await oneRound(run, faultOf(possible, options.seed, round), round);
      rounds += 1;
    }
    const end = { site, accounts, api, decisions, exports, sessions, commands, planted, bridgeLines, tell: parts.tell };
    const verdict = await endRun({ ...end, devices: 'tame' });
    fail(run, 'at the end', verdict.problems);
    return report(run, { rounds, verdict, notDone });
  } finally {
    await Promise.all([api.stop(), decisions?.abandon(), exports?.abandon(), sessions?.end(), commands?.end()]);
    if (run.failures.length > 0) await keepLogs(logs, cache, parts.tell);
    await site.close();
  }
};

/** Everybody has to be at work before anything happens to them. */
const warmUp = async ({ site, accounts, parts, options }: Run): Promise<void> => {
  await siteReady(site);
  await plantPoison(site);
  const slowest = slowestOf(await recoveryOf(site, accounts, patienceMs));
  if (slowest === undefined) throw new Error('the site never was at work');
  parts.tell(`everything is at work: ${options.nodes} nodes send ${options.ratePerSecond} messages a second`);
};

const oneRound = async (run: Run, fault: Fault, round: number): Promise<void> => {
  const { site, accounts, options, parts } = run;
  const startMs = performance.now();
  const numbers = seededNumbers(options.seed * 100_000 + round);
  const at = (): string => `+${((performance.now() - startMs) / 1000).toFixed(2)} s`;
  await sleep(between(numbers, 200, 1_500));
  const endedBefore = fault.keepsSession === true ? await sessionsEnded(site) : 0;
  const broken = await fault.happen(site, numbers, (what) => parts.tell(`round ${round} ${at()}: ${what}`));
  const recovery = await recoveryOf(site, accounts, patienceMs);
  const ended = fault.keepsSession === true ? (await sessionsEnded(site)) - endedBefore : 0;
  const slowest = slowestOf(recovery);
  run.recoveries.set(fault.kind, [...(run.recoveries.get(fault.kind) ?? []), (slowest ?? patienceMs) / 1000]);
  if (fault.forgetful === true) {
    const forgotten = await accounts.forgive(onTheWayMs);
    run.lostByBroker.count += forgotten;
    parts.tell(`round ${round} ${at()}: the broker lost ${forgotten} messages that it had acknowledged`);
  }
  const verdict = await judged(run, round);
  const late = slowest === undefined || slowest > recoveryMaxMs;
  fail(run, `in round ${round} (${fault.kind})`, [
    ...verdict.problems,
    ...(late ? [`not back at work within ${recoveryMaxMs / 1000} s: ${inWords(recovery)}`] : []),
    ...(broken ?? []),
    ...(ended > 0 ? [`the session with the broker ended ${ended} times`] : []),
    ...run.api.takeUnexpected().map((answer) => `the API answered ${answer}`),
  ]);
  parts.tell(`round ${round} ${at()}: ${fault.kind}: back after ${inWords(recovery)}; ${verdictInWords(verdict)}`);
};

/** Folding is dear once the log is long: then only every so many rounds, and always at the end. */
const judged = async ({ site, accounts, folding }: Run, round: number): Promise<Verdict> => {
  const fold = folding.lastMs < foldMsMax || round - folding.lastRound >= foldEveryRounds;
  const startMs = performance.now();
  const verdict = await verdictOf(site, accounts, { planted, devices: 'tame', fold });
  if (fold) Object.assign(folding, { lastMs: performance.now() - startMs, lastRound: round });
  folding.equal &&= verdict.verified !== false;
  return verdict;
};

const fail = ({ failures, options, parts }: Run, when: string, problems: readonly string[]): void => {
  for (const problem of problems) {
    failures.push(`${when}, seed ${options.seed}: ${problem}`);
    parts.tell(`FAIL ${when}, seed ${options.seed}: ${problem}`);
  }
};

const inWords = ({ acknowledgedMs, appliedMs, caughtUpMs, answeredMs, listeningMs }: Recovery): string => {
  const say = (ms: number | undefined): string => (ms === undefined ? 'never' : `${(ms / 1000).toFixed(2)} s`);
  return `ack ${say(acknowledgedMs)}, row ${say(appliedMs)}, all ${say(caughtUpMs)}, API ${say(answeredMs)}, sessions ${say(listeningMs)}`;
};

const verdictInWords = ({ acknowledged, lost, twice, parked, verified }: Verdict): string =>
  `${acknowledged} acknowledged, ${lost} lost, ${twice} twice, ${parked} parked, ${foldInWords(verified)}`;

const foldInWords = (verified: boolean | undefined): string => {
  if (verified === undefined) return 'not folded this time';
  return verified ? 'verified' : 'DIFFERENT';
};

const withoutProblems = <T extends { readonly problems: readonly string[] }>(
  verdict: T | undefined,
): Omit<T, 'problems'> | undefined => {
  if (verdict === undefined) return undefined;
  const { problems: _, ...counts } = verdict;
  return counts;
};

type Ended = { readonly rounds: number; readonly verdict: EndVerdict; readonly notDone: ReadonlyMap<string, string> };

const countsOf = ({ decisions }: EndVerdict): ChaosReport['decisions'] => {
  const { acknowledged = 0, refused = 0, repeated = 0, reactions_answered = 0 } = decisions ?? {};
  return { acknowledged, refused, repeated, reactions_answered };
};

const exportsOf = ({ exports }: EndVerdict): ChaosReport['exports'] => {
  const { accepted = 0, ready = 0, failed = 0, served = 0, different = 0 }: Partial<ExportsVerdict> = exports ?? {};
  return { accepted, ready, failed, served, different };
};

const report = (
  { options, recoveries, failures, folding, lostByBroker }: Run,
  { rounds, verdict, notDone }: Ended,
): ChaosReport => {
  const { acknowledged, lost, twice, parked, verified } = verdict;
  const { seed, log, mqtt } = options;
  const rounded = [...recoveries].map(([kind, all]) => [kind, all.map((one) => Math.round(one * 100) / 100)] as const);
  return {
    ...{ rounds, seed, log, mqtt, acknowledged, lost, lost_by_broker: lostByBroker.count, twice, parked },
    verified: verified === true && folding.equal,
    decisions: countsOf(verdict),
    decided_events: verdict.decisions?.events ?? {},
    exports: exportsOf(verdict),
    sessions: withoutProblems(verdict.sessions),
    commands: withoutProblems(verdict.commands),
    recovery_seconds_max: Math.max(0, ...rounded.flatMap(([, all]) => all)),
    recoveries: Object.fromEntries(rounded),
    not_done: Object.fromEntries(notDone),
    failures,
  };
};
