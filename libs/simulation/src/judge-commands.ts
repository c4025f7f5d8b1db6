/** Holds what Plenum says of commands against what the nodes themselves have noted: which of them were done, and how often. */

/** What Plenum says of a command to a node. Times are UTC text, as its API writes them. */
export type CommandSaid = {
  readonly commandId: string;
  readonly nodeId: string;
  readonly state: string;
  readonly isFinal: boolean;
  readonly expiresAt: string;
  /** When it was claimed to be sent, last; `null`: never. */
  readonly sentAt: string | null;
  /** Whether it was said to be taken back; `undefined` where nobody asked for that. */
  readonly takenBack: boolean | undefined;
};

/** What a node has noted of a command. */
export type CommandNoted = {
  readonly commandId: string;
  readonly nodeId: string;
  /** How often it came. */
  readonly received: number;
  readonly executed: number;
};

export type Judged = {
  /** How many commands there are in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly open: number;
  readonly executed: number;
  /** What must not be, a sentence each; empty when all of it holds. */
  readonly problems: readonly string[];
};

/** In these it may have been executed. */
const mayBeExecuted: ReadonlySet<string> = new Set(['succeeded', 'failed', 'unanswered']);
/** In these it was never sent, so no node has it. */
const neverSent: ReadonlySet<string> = new Set(['requested', 'accepted', 'expired', 'cancelled']);

export const judgeCommands = (said: readonly CommandSaid[], noted: readonly CommandNoted[]): Judged => {
  const states: Record<string, number> = {};
  for (const { state } of said) states[state] = (states[state] ?? 0) + 1;
  const notes = Map.groupBy(noted, ({ commandId }) => commandId);
  const known = new Set(said.map(({ commandId }) => commandId));
  const problems = said.flatMap((command) => problemsOf(command, notes.get(command.commandId) ?? []));
  for (const { commandId, nodeId } of noted) {
    if (!known.has(commandId)) problems.push(`${nodeId} has command ${commandId}, which nobody asked for`);
  }
  return {
    ...{ states, open: said.filter(({ isFinal }) => !isFinal).length },
    ...{ executed: noted.filter(({ executed }) => executed > 0).length, problems },
  };
};

const problemsOf = (command: CommandSaid, notes: readonly CommandNoted[]): readonly string[] => {
  const { nodeId, state, isFinal, expiresAt, sentAt, takenBack } = command;
  const executed = notes.reduce((sum, note) => sum + note.executed, 0);
  const received = notes.reduce((sum, note) => sum + note.received, 0);
  const others = notes.filter((note) => note.nodeId !== nodeId);
  // A claim that was recorded too late is given back, and nothing is published: the command then expires.
  const isLate = sentAt !== null && !neverSent.has(state) && Date.parse(sentAt) > Date.parse(expiresAt);
  const wrong: readonly (readonly [boolean, string])[] = [
    [!isFinal, 'is left open'],
    [state === 'succeeded' && executed !== 1, `succeeded and was executed ${executed} times`],
    [executed > 1 && state !== 'succeeded', `was executed ${executed} times`],
    [executed > 0 && !mayBeExecuted.has(state), `is ${state} and was executed`],
    [received > 0 && neverSent.has(state), `is ${state} and reached its node`],
    [others.length > 0, `is for ${nodeId} and reached ${others.map((note) => note.nodeId).join(', ')}`],
    [isLate, `was sent at ${sentAt} and expired at ${expiresAt}`],
    [takenBack === true && state !== 'cancelled', `is ${state} and was said to be taken back`],
    [takenBack === false && state === 'cancelled', 'is cancelled and was said to be under way'],
  ];
  return wrong.flatMap(([holds, what]) => (holds ? [`command ${command.commandId} to ${nodeId} ${what}`] : []));
};
