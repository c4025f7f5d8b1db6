/** What became of every command of a run: in the log, and at the devices. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandState } from '@plenum/device';
import type { DecidedEvent } from '@plenum/event';
import type { Answered } from '../asking.ts';
import { type DecidedLog, decidedLog } from '../decisions/decided-log.ts';
import type { Site } from '../site/site.ts';
import type { CommandsLoad } from './commands-load.ts';
import { deviceRecords } from './device-records.ts';
import { type CommandsJudged, judgeCommands } from './judge-commands.ts';
import { judgedCommand } from './judged-command.ts';

export type CommandsVerdict = Omit<CommandsJudged, 'violations'> & {
  /** Acknowledged, of which some are for several nodes. */
  readonly requested: number;
  /** Requests that were made again under their key. */
  readonly repeated: number;
  /** Cancelled at somebody's word, by the acknowledgement. */
  readonly takenBack: number;
  /** Connections of devices that were let in, and how often their processes died. */
  readonly connected: number;
  readonly deaths: number;
  readonly violations: number;
  readonly problems: readonly string[];
};

const patienceMsMax = 60_000;
const lookEveryMs = 250;
const namedMax = 5;

/**
 * How long a command that was sent in time may be on its way: as long as a process is frozen or a network holds what it was given, and
 * where a broker is in between, that too, twice.
 */
const onTheWayMs = { listen: 12_000, connect: 45_000 } as const;

/** While bridges and the reactor still run. @throws TransientFailure. */
export const commandsVerdict = async (site: Site, load: CommandsLoad): Promise<CommandsVerdict> => {
  await load.quiet();
  const { directory, programs } = await load.devices;
  const log = await allEnded(site);
  await load.end();
  const { lines, connections } = await deviceRecords(directory);
  const commands = commandsIn(log);
  const way = site.mosquitto === undefined ? 'listen' : 'connect';
  const asked = { commands, lines, cancelled: new Set(load.cancelled()), onTheWayMs: onTheWayMs[way] };
  const { violations, ...judged } = judgeCommands(asked);
  const recorded = wronglyRecorded(load, log);
  const problems = [
    ...load.unexpected(),
    ...[...violations, ...recorded].slice(0, namedMax).map((one) => `commands: ${one}`),
    ...(connections.turnedAway > 0 ? [`devices were turned away ${connections.turnedAway} times`] : []),
    ...proves(judged),
  ];
  return {
    ...judged,
    ...{ requested: load.asked().length, repeated: load.repeats(), takenBack: load.cancelled().length },
    ...{ connected: connections.connected, deaths: programs.flatMap((one) => one.ownEnds()).length },
    ...{ violations: violations.length + recorded.length, problems },
  };
};

/** What is decided comes into the log a little later, and so do the commands of groups. */
const allEnded = async (site: Site): Promise<DecidedLog> => {
  for (const fromMs = performance.now(); ; await sleep(lookEveryMs)) {
    const log = await decidedLog(site);
    const { violations } = judgeCommands({ ...nothing, commands: commandsIn(log) });
    const isOver = !violations.some((one) => /has not ended|not one for each|nodes is requested/.test(one));
    if (isOver || performance.now() - fromMs > patienceMsMax) return log;
  }
};

const nothing = { lines: [], cancelled: new Set<string>(), onTheWayMs: 0 };

const commandsIn = ({ streams }: DecidedLog) => [...streams.values()].flatMap((events) => judgedCommand(events) ?? []);

/** What was acknowledged is in the log, once however often it was asked for; what was refused is not. */
const wronglyRecorded = (load: CommandsLoad, { streams }: DecidedLog): readonly string[] => {
  const byKey = Map.groupBy([...streams.values()].flat(), keyOf);
  const isOurs = ({ what }: Answered): boolean => what === 'command nodes';
  return load.answered().flatMap(({ key, what, outcome }, _, all) => {
    if (!isOurs({ key, what, outcome })) return [];
    const found = new Set((byKey.get(key) ?? []).map(({ decision }) => decision.stream)).size;
    const expected = outcome === 'refused' ? 0 : 1;
    return found === expected
      ? []
      : [`${what} (${key}, one of ${all.length}) was ${outcome}, and is ${found} commands`];
  });
};

const keyOf = ({ decision: { commandId } }: DecidedEvent): string => commandId.slice(commandId.lastIndexOf(' ') + 1);

/** A run in which nothing was at stake proves nothing. */
const proves = ({ states, again, died }: Omit<CommandsJudged, 'violations'>): readonly string[] => {
  const wanted: readonly CommandState[] = ['succeeded', 'unanswered', 'expired', 'cancelled'];
  return [
    ...wanted.filter((state) => (states[state] ?? 0) === 0).map((state) => `no command was ${state}`),
    ...(died === 0 && again === 0 ? ['no device died, and none got a command twice'] : []),
  ];
};
