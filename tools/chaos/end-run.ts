/** The end of a run: the devices stop, everything is taken in, the bridge ends in order, and every balance is checked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from './accounts.ts';
import type { ApiWatch } from './api-watch.ts';
import type { CommandsLoad } from './commands/commands-load.ts';
import { type CommandsVerdict, commandsVerdict } from './commands/commands-verdict.ts';
import type { DecisionsLoad } from './decisions/decisions-load.ts';
import { type DecisionsVerdict, decisionsVerdict } from './decisions/decisions-verdict.ts';
import type { ExportsLoad } from './exports/exports-load.ts';
import { type ExportsVerdict, exportsVerdict } from './exports/exports-verdict.ts';
import { isCaughtUp, logEnds } from './recovery.ts';
import type { SessionsLoad } from './sessions/sessions-load.ts';
import { type SessionsVerdict, sessionsVerdict } from './sessions/sessions-verdict.ts';
import type { LogLine } from './site/program.ts';
import type { Site } from './site/site.ts';
import { type Asked, onTheWayMs, type Verdict, verdictOf } from './verdict.ts';

export type RunEnd = Pick<Asked, 'planted' | 'devices'> & {
  readonly site: Site;
  readonly accounts: Accounts;
  readonly api: ApiWatch;
  /** Where things were decided all the while. */
  readonly decisions?: DecisionsLoad;
  /** Where exports were asked for. */
  readonly exports?: ExportsLoad;
  /** Where clients with kept sessions came and went. */
  readonly sessions?: SessionsLoad | undefined;
  /** Where nodes were commanded. */
  readonly commands?: CommandsLoad | undefined;
  /** What the bridge says when it has stopped in order. */
  readonly bridgeLines: readonly LogLine[];
  readonly tell: (line: string) => void;
};

/** How long the last records may take into the tables. */
const caughtUpMs = 30_000;

export type EndVerdict = Verdict & {
  readonly decisions: DecisionsVerdict | undefined;
  readonly exports: ExportsVerdict | undefined;
  readonly sessions: SessionsVerdict | undefined;
  readonly commands: CommandsVerdict | undefined;
};

/** The verdict over everything, with what else went wrong on the way. */
export const endRun = async (end: RunEnd): Promise<EndVerdict> => {
  const { site, accounts, api, decisions, exports, sessions, commands, planted, devices, bridgeLines, tell } = end;
  const [commanded] = await Promise.all([
    commands === undefined ? undefined : commandsVerdict(site, commands),
    ...[decisions?.stop(), exports?.stop()],
  ]);
  const kept = sessions === undefined ? undefined : await sessionsVerdict(site, sessions);
  const { published, acknowledged, unacknowledged, reconnects } = await site.load.stop();
  tell(`devices: ${published} published, ${acknowledged} acknowledged, ${reconnects} reconnects`);
  const problems: string[] = [];
  if (unacknowledged > 0) problems.push(`${unacknowledged} messages were never acknowledged`);
  // A broker in between may still have some of what it acknowledged.
  if (site.mosquitto !== undefined) await accounts.lost(onTheWayMs);
  const toldBefore = bridgeLines.length;
  for (const bridge of site.bridges) {
    const code = await bridge.stop();
    if (code !== 0) problems.push(`${bridge.name} ended with ${code ?? 'a kill'} when it was asked to`);
  }
  const told = bridgeLines.slice(toldBefore);
  if (told.length !== site.bridges.length) problems.push('a bridge did not log its balance');
  problems.push(...told.flatMap(imbalance));

  if (!(await catchesUp(site))) problems.push('the projectors did not take in everything that is in the log');
  const exported = exports === undefined ? undefined : await exportsVerdict(site, exports);
  const decided = decisions === undefined ? undefined : await decisionsVerdict(site, decisions);
  if (!(await catchesUp(site))) problems.push('the projectors did not take in everything that was decided');
  await api.stop();
  tell(`API: ${api.answers()} answers`);
  problems.push(...api.takeUnexpected().map((answer) => `the API answered ${answer}`));
  for (const crash of crashesOf(site)) tell(crash);
  const verdict = await verdictOf(site, accounts, { planted, devices, fold: true });
  if (accounts.acknowledged() !== acknowledged) {
    problems.push(`the manifest has ${accounts.acknowledged()} acknowledged messages, and the devices ${acknowledged}`);
  }
  const others = [decided, exported, kept, commanded].flatMap((one) => one?.problems ?? []);
  return {
    ...verdict,
    decisions: decided,
    exports: exported,
    sessions: kept,
    commands: commanded,
    problems: [...problems, ...others, ...verdict.problems],
  };
};

/** Whether everything that is in the log by now comes into the tables before long. */
const catchesUp = async (site: Site): Promise<boolean> => {
  const ends = await logEnds(site);
  for (let waitedMs = 0; !(await isCaughtUp(site, ends)); waitedMs += 50) {
    if (waitedMs > caughtUpMs) return false;
    await sleep(50);
  }
  return true;
};

type BridgeBalance = {
  readonly received: number;
  readonly appended: number;
  readonly quarantined: number;
  readonly discarded: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inHand: number;
};

/** Of the last run of a bridge, which ended in order: what it got is what it kept. */
const imbalance = (line: LogLine): readonly string[] => {
  const { received, appended, quarantined, discarded, dropped, inHand } = line.balance as BridgeBalance; // It logs these.
  const kept = appended + quarantined + discarded + Object.values(dropped).reduce((a, b) => a + b, 0);
  return received === kept && inHand === 0
    ? []
    : [`the counters of the bridge do not balance: ${JSON.stringify(line.balance)}`];
};

/** Programs that ended though nobody had killed them. Where things go wrong on purpose, giving up is one way to go on. */
export const crashesOf = ({ programs }: Site): readonly string[] =>
  programs.flatMap(({ name, ownEnds }) => ownEnds().map((how) => `${name} ended by itself: ${how}`));
