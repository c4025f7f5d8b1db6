/** What commands came to, held against what devices wrote down themselves: what Plenum says of a command has to be so. */
import type { CommandState } from '@plenum/device';

export type JudgedCommand = {
  readonly commandId: string;
  /** None of a command for several nodes. */
  readonly nodeId: string | undefined;
  readonly parent: string | undefined;
  /** For which it is, when it is for several. */
  readonly nodes: readonly string[];
  /** What its device was to do with it. */
  readonly act: string;
  readonly state: CommandState;
  readonly expiresAtMs: number;
  /** When each attempt was claimed. */
  readonly claimedAtMs: readonly number[];
  /** What said that it was delivered. */
  readonly deliveredBy: string | undefined;
};

/** A line of a device's record that is about a command. */
export type DeviceLine = {
  readonly nodeId: string;
  readonly commandId: string;
  readonly what: string;
  readonly atMs: number;
  /** Of an answer. */
  readonly outcome: string | undefined;
};

export type CommandsJudged = {
  /** How many are in each state; of commands for several nodes, theirs. */
  readonly states: Readonly<Partial<Record<CommandState, number>>>;
  readonly received: number;
  /** More often than once. */
  readonly again: number;
  readonly executed: number;
  /** Of those that were to die before the execution, how many have. */
  readonly died: number;
  /** How long after its expiry a command was received, at most. */
  readonly lateMs: number;
  readonly violations: readonly string[];
};

export type CommandsAndRecords = {
  readonly commands: readonly JudgedCommand[];
  readonly lines: readonly DeviceLine[];
  /** Those whose cancelling was acknowledged. */
  readonly cancelled: ReadonlySet<string>;
  /** How long after its expiry one that was sent in time may be on its way: a network that holds it, a process that is frozen. */
  readonly onTheWayMs: number;
};

type Mine = {
  readonly command: JudgedCommand;
  readonly count: (what: string) => number;
  readonly said: readonly string[];
};

/** What must hold of one command for one node, by name; with the words that say that it does not. */
const laws: readonly (readonly [name: string, isBroken: (mine: Mine) => boolean])[] = [
  ['has not ended', ({ command }) => !ends.has(command.state)],
  [
    'succeeded, and was not executed once',
    ({ command, count }) => command.state === 'succeeded' && count('executed') !== 1,
  ],
  [
    'was executed, and says nothing of it',
    ({ command, count }) => count('executed') > 0 && !afterExecution.has(command.state),
  ],
  ['was executed more than once', ({ count }) => count('executed') > 1],
  ['reached nobody, and was received', ({ command, count }) => unsent.has(command.state) && count('received') > 0],
  [
    'was delivered, and never received',
    ({ command, count }) => command.deliveredBy !== undefined && count('received') === 0,
  ],
  [
    'has another outcome than the node said',
    ({ command, said }) => answered.has(command.state) && said[0] !== command.state,
  ],
  [
    'has an outcome, and its node died before it executed it',
    ({ command, count }) => command.act === 'die' && count('begun') > 0 && command.state !== 'unanswered',
  ],
  [
    'was claimed after its expiry',
    ({ command: { claimedAtMs, expiresAtMs } }) => claimedAtMs.some((atMs) => atMs > expiresAtMs),
  ],
];

const ends: ReadonlySet<string> = new Set(['succeeded', 'failed', 'unanswered', 'expired', 'cancelled']);
const afterExecution: ReadonlySet<string> = new Set(['succeeded', 'failed', 'unanswered']);
const unsent: ReadonlySet<string> = new Set(['expired', 'cancelled']);
const answered: ReadonlySet<string> = new Set(['succeeded', 'failed']);

export const judgeCommands = (asked: CommandsAndRecords): CommandsJudged => {
  const { commands, lines, cancelled, onTheWayMs } = asked;
  const byCommand = Map.groupBy(lines, ({ commandId }) => commandId);
  const byId = new Map(commands.map((command) => [command.commandId, command]));
  const violations: string[] = [];
  const states: Partial<Record<CommandState, number>> = {};
  let [again, executed, died, lateMs] = [0, 0, 0, 0];
  for (const command of commands) {
    const own = byCommand.get(command.commandId) ?? [];
    if (cancelled.has(command.commandId) && command.state !== 'cancelled') {
      violations.push(`${command.commandId} was taken back, and is ${command.state}`);
    }
    if (command.nodeId === undefined) continue;
    const count = (what: string): number => own.filter((line) => line.what === what).length;
    const said = own.flatMap(({ outcome }) => (outcome === undefined || outcome === 'executing' ? [] : [outcome]));
    for (const [name, isBroken] of laws) {
      if (isBroken({ command, count, said })) violations.push(`${inWords(command)} ${name}: ${historyOf(own)}`);
    }
    const strange = own.find(({ nodeId }) => nodeId !== command.nodeId);
    if (strange !== undefined) violations.push(`${inWords(command)} came to ${strange.nodeId}`);
    const late = Math.max(0, ...own.map(({ what, atMs }) => (what === 'received' ? atMs - command.expiresAtMs : 0)));
    if (late > onTheWayMs) violations.push(`${inWords(command)} came ${Math.round(late)} ms after its expiry`);
    states[command.state] = (states[command.state] ?? 0) + 1;
    lateMs = Math.max(lateMs, late);
    again += Math.max(0, count('received') - 1);
    executed += count('executed');
    if (command.act === 'die' && count('begun') > 0) died += 1;
  }
  for (const commandId of byCommand.keys()) {
    if (!byId.has(commandId)) violations.push(`${commandId} came to a node, and nobody asked for it`);
  }
  violations.push(...wrongGroups(commands));
  const received = lines.filter(({ what }) => what === 'received').length;
  return { states, received, again, executed, died, lateMs: Math.round(lateMs), violations };
};

/** One for several nodes that was not taken back is accepted, and has one for each of them. */
const wrongGroups = (commands: readonly JudgedCommand[]): readonly string[] => {
  const children = Map.groupBy(commands, ({ parent }) => parent);
  return commands.flatMap(({ commandId, nodeId, nodes, state }) => {
    if (nodeId !== undefined) return [];
    const own = children.get(commandId) ?? [];
    const missing = new Set(nodes).symmetricDifference(new Set(own.map((child) => child.nodeId)));
    if (state === 'cancelled') return [];
    if (state !== 'accepted') return [`${commandId} for ${nodes.length} nodes is ${state}`];
    return missing.size > 0 || own.length !== nodes.length ? [`${commandId} has not one for each of its nodes`] : [];
  });
};

const inWords = ({ commandId, nodeId, act, state }: JudgedCommand): string =>
  `${commandId} (${act} at ${nodeId}, ${state})`;

const shownMax = 12;

const historyOf = (lines: readonly DeviceLine[]): string =>
  lines
    .slice(0, shownMax)
    .map(
      ({ what, outcome, atMs }) =>
        `${new Date(atMs).toISOString().slice(11, 23)} ${what}${outcome ? ` ${outcome}` : ''}`,
    )
    .join(', ');
