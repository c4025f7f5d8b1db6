/**
 * Which commands a site is sent, made up: to one node, to lists, to a zone, to all; with time enough and with too little; and some that
 * are taken back. Everything comes from the seed.
 */
import { type Character, characters, isAwake } from './characters.ts';
import { below, type Numbers, seededNumbers } from './random.ts';

export type CommandPlan = {
  readonly seed: number;
  /** Each with the zone that it hangs in. */
  readonly nodes: readonly { readonly zone: string }[];
  /** How many commands to a node, those that are part of one for several included. */
  readonly commands: number;
  /** Whether other nodes than these may be in a zone or at the site: then `nodes` names all that are meant. */
  readonly amongOthers: boolean;
};

export type PlannedTarget =
  | { readonly to: 'node' | 'nodes' }
  | { readonly to: 'zone'; readonly zone: string }
  | { readonly to: 'all' };

export type PlannedCommand = {
  readonly target: PlannedTarget;
  /** The nodes that it is for, from 0. */
  readonly nodes: readonly number[];
  readonly command: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly expiresInS: number;
  readonly answerWithinS: number;
  /** It is taken back as soon as it is asked for, if that is still possible. */
  readonly isTakenBack: boolean;
};

/** Time that is enough, where somebody is there who answers. */
const usual = { expiresInS: 30, answerWithinS: 10 } as const;
/** Where it may be that nobody answers: so long is waited for the end of it. */
const brief = { expiresInS: 5, answerWithinS: 1.5 } as const;
/** The shortest that may be asked for. */
const short = { expiresInS: 1, answerWithinS: 1.5 } as const;

const listed = 10;
const words = ['calibrate', 'switch', 'blink', 'report'] as const;

/** So that those for many come last, when they have to wait for nothing that is asked for behind them. */
export const commandPlan = (plan: CommandPlan): readonly PlannedCommand[] => {
  const numbers = seededNumbers(plan.seed);
  const groups = groupsOf(plan, numbers);
  const inGroups = groups.reduce((sum, { nodes }) => sum + nodes.length, 0);
  return [...singles(plan, plan.commands - inGroups, numbers), ...groups];
};

const groupsOf = ({ nodes, commands, amongOthers }: CommandPlan, numbers: Numbers): readonly PlannedCommand[] => {
  const every = nodes.map((_, node) => node);
  const zone = nodes[0]?.zone ?? '';
  const ofZone = every.filter((node) => nodes[node]?.zone === zone);
  const wanted: readonly Pick<PlannedCommand, 'target' | 'nodes'>[] = [
    { target: { to: 'nodes' }, nodes: every.filter((node) => node % 2 === 1).slice(0, listed) },
    { target: amongOthers ? { to: 'nodes' } : { to: 'zone', zone }, nodes: ofZone },
    { target: amongOthers ? { to: 'nodes' } : { to: 'all' }, nodes: every },
  ];
  let left = commands;
  const groups: PlannedCommand[] = [];
  for (const group of wanted) {
    // Most commands are for one node.
    if (group.nodes.length === 0 || group.nodes.length > left / 2) continue;
    left -= group.nodes.length;
    groups.push({ ...group, ...said(numbers), ...brief, isTakenBack: false });
  }
  return groups;
};

/** In ten of them, two are for a node that is away too long, one of them taken back, and one is taken back from a node that is there. */
const singles = ({ seed, nodes }: CommandPlan, count: number, numbers: Numbers): readonly PlannedCommand[] => {
  const given = characters(seed, nodes.length);
  const away = takingTurns(given, (character) => character === 'sleeping');
  const others = takingTurns(given, (character) => character !== 'sleeping');
  return Array.from({ length: count }, (_, index): PlannedCommand => {
    const turn = index % 10;
    const isForAway = turn === 3 || turn === 7;
    const node = (isForAway ? away() : undefined) ?? others() ?? away() ?? 0;
    const character = given[node] ?? 'prompt';
    const isTakenBack = turn === 7 || (turn === 9 && isAwake(character));
    return { target: { to: 'node' }, nodes: [node], ...said(numbers), ...timeFor(character, isTakenBack), isTakenBack };
  });
};

const timeFor = (character: Character, isTakenBack: boolean): typeof usual | typeof brief | typeof short => {
  if (character === 'sleeping') return isTakenBack ? brief : short;
  return character === 'silent' ? brief : usual;
};

const takingTurns = (given: readonly Character[], wanted: (character: Character) => boolean) => {
  const nodes = [...given.keys()].filter((node) => wanted(given[node] ?? 'prompt'));
  let turn = 0;
  return (): number | undefined => {
    const node = nodes[turn % nodes.length];
    turn += 1;
    return node;
  };
};

const said = (numbers: Numbers): Pick<PlannedCommand, 'command' | 'parameters'> => ({
  command: words[below(numbers, words.length)] ?? words[0],
  parameters: { level: below(numbers, 100) },
});
