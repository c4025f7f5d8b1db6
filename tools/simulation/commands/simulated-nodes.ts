/**
 * Nodes of a schedule: each is connected to one bridge at most, or to a broker, notes what it gets before it acknowledges, executes it
 * once, and may die between any two of that. What it does goes into its record.
 */
import type { SimulatedTime } from './simulated-time.ts';

export type Chance = {
  next(): number;
  below(below: number): number;
  happens(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
};

export type NodeLine = {
  readonly nodeId: string;
  readonly commandId: string;
  readonly what: 'received' | 'begun' | 'executed' | 'answer';
  readonly atMs: number;
  readonly outcome: string | undefined;
};

export type NodeAnswer = {
  readonly eventId: string;
  readonly nodeId: string;
  readonly commandId: string;
  readonly outcome: 'executing' | 'succeeded' | 'failed';
};

/** A command as it comes. */
export type Body = {
  readonly command_id: string;
  readonly expires_at: string;
  readonly parameters: { readonly act?: string };
};

export type SimulatedNode = {
  readonly nodeId: string;
  /** `acknowledge` is called when it has noted it; it may die before and after. */
  take(body: Body, acknowledge: () => void): void;
  /** Everything that is not on its disk is gone. */
  die(): void;
  /** The next answer that is to be published; it stays until it is acknowledged. */
  readonly outbox: NodeAnswer[];
};

export type SimulatedNodes = {
  readonly nodes: readonly SimulatedNode[];
  readonly lines: readonly NodeLine[];
};

export type NodesParts = {
  readonly nodeIds: readonly string[];
  readonly time: SimulatedTime;
  readonly chance: Chance;
  /** Whether one dies here. */
  readonly dies: () => boolean;
};

export const simulatedNodes = (parts: NodesParts): SimulatedNodes => {
  const lines: NodeLine[] = [];
  return { lines, nodes: parts.nodeIds.map((nodeId) => oneNode(parts, nodeId, lines)) };
};

const oneNode = ({ time, chance, dies }: NodesParts, nodeId: string, lines: NodeLine[]): SimulatedNode => {
  /** On its disk. */
  const states = new Map<string, 'noted' | 'begun' | 'done'>();
  const last = new Map<string, NodeAnswer>();
  const outbox: NodeAnswer[] = [];
  let life = 0;
  let answers = 0;
  const write = (what: NodeLine['what'], commandId: string, outcome?: string): void => {
    lines.push({ nodeId, commandId, what, atMs: time.nowUs() / 1000, outcome });
  };
  /** As long as it lives. */
  const later = (task: () => void): void => {
    const born = life;
    const timer = time.timer(() => born === life);
    timer.after(chance.below(400), task);
  };
  const answer = (commandId: string, outcome: NodeAnswer['outcome']): void => {
    answers += 1;
    const one: NodeAnswer = { eventId: `${nodeId}-${answers}`, nodeId, commandId, outcome };
    write('answer', commandId, outcome);
    if (outcome !== 'executing' && !last.has(commandId)) last.set(commandId, one);
    outbox.push(one);
  };
  const die = (): void => {
    life += 1;
  };
  const finish = (id: string, act: string | undefined): void => {
    write('executed', id);
    if (dies()) die();
    else if (act !== 'never') {
      states.set(id, 'done');
      answer(id, act === 'error' ? 'failed' : 'succeeded');
      if (act === 'twice') answer(id, 'failed');
    }
  };
  const execute = ({ command_id: id, expires_at, parameters: { act } }: Body): void => {
    if (Date.parse(expires_at) < time.nowUs() / 1000) {
      states.set(id, 'done');
      answer(id, 'failed');
      return;
    }
    write('begun', id);
    states.set(id, 'begun');
    if (act === 'die' || dies()) die();
    else if (act === 'slow') {
      answer(id, 'executing');
      later(() => finish(id, act));
    } else if (act !== 'ignore') finish(id, act);
  };
  return {
    nodeId,
    outbox,
    die,
    take: (body, acknowledge) => {
      const { command_id: id } = body;
      write('received', id);
      if (dies()) {
        die();
        return;
      }
      const isNew = !states.has(id);
      if (isNew) states.set(id, 'noted');
      const said = last.get(id);
      if (said !== undefined) outbox.push(said);
      if (isNew) later(() => execute(body));
      if (dies()) die();
      else acknowledge();
    },
  };
};
