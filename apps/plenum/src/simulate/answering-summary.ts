/** What the nodes of a simulation did with the commands that came: for people, and for programs. */
import type { Character } from '@plenum/simulation';
import { type Way, wayOf, ways } from './answering-mix.ts';

/** What a node has noted of a command. */
export type Taken = {
  readonly character: Character;
  /** It had expired when it came: the node answers so, and executes nothing. */
  readonly isExpired: boolean;
  /** How often it came. */
  readonly received: number;
  readonly executed: number;
};

export type AnsweringSummary = {
  /** Commands of a node that are the same count once. */
  readonly received: number;
  /** How often one came that its node had already. */
  readonly again: number;
  readonly executed: number;
  /** Of `received`, how many were answered in each way. */
  readonly answered: Readonly<Record<Way | 'expired', number>>;
  /** Messages of nodes that were acknowledged; a slow node says first that it is at it. */
  readonly answers: number;
};

export const answeringSummary = (taken: readonly Taken[], answers: number): AnsweringSummary => {
  const sum = (of: (one: Taken) => number): number => taken.reduce((all, one) => all + of(one), 0);
  const inWay = (way: Way) => taken.filter((one) => !one.isExpired && wayOf(one.character) === way).length;
  const answered = Object.fromEntries(ways.map((way) => [way, inWay(way)])) as Record<Way, number>; // Each of them.
  return {
    received: taken.length,
    again: sum(({ received }) => received - 1),
    executed: sum(({ executed }) => executed),
    answered: { ...answered, expired: taken.filter(({ isExpired }) => isExpired).length },
    answers,
  };
};

/** What each way is called after a number of commands. */
const said: Readonly<Record<Way | 'expired', string>> = {
  ...{ prompt: 'answered at once', slow: 'slowly', never: 'never', twice: 'twice', error: 'with an error' },
  expired: 'as expired',
};

export const answeringLine = ({ received, again, executed, answered, answers }: AnsweringSummary): string =>
  `${received} commands came${again === 0 ? '' : `, and ${again} came again`}; ${executed} executed; ` +
  `${[...ways, 'expired' as const].map((way) => `${answered[way]} ${said[way]}`).join(', ')}; ` +
  `${answers} answers acknowledged`;

/** Which nodes do not answer at once, for who wants to command one of them; empty when all do. */
export const characterLines = (nodes: readonly { readonly nodeId: string; readonly character: Character }[]) => {
  const byWay = Map.groupBy(nodes, ({ character }) => wayOf(character));
  return ways.flatMap((way) => {
    const members = byWay.get(way) ?? [];
    if (way === 'prompt' || members.length === 0) return [];
    const named = members.slice(0, namedMax).map(({ nodeId }) => nodeId);
    const more = members.length - named.length;
    return [`answering ${said[way]}: ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}\n`];
  });
};

const namedMax = 5;
