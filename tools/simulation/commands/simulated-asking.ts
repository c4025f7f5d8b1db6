/** Who asks for commands in a schedule, and takes some back. */
import { cancelCommand, requestCommand, requestGroupCommand } from '@plenum/device';
import { type Command, plenumItself } from '@plenum/event';
import { type Decisions, handleCommand, TransientFailure } from '@plenum/runtime';
import type { Chance } from './simulated-nodes.ts';
import type { SimulatedTime } from './simulated-time.ts';

export type SimulatedAsking = {
  /** Asks for something, or takes something back, once or twice under the same id. */
  askOnce(): Promise<void>;
  isDone(): boolean;
  /** Those whose cancelling was acknowledged. */
  cancelled(): ReadonlySet<string>;
  asked(): readonly string[];
};

export type AskingParts = {
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly decisions: Decisions;
  readonly nodeIds: readonly string[];
  readonly count: number;
};

const acts = ['quick', 'quick', 'quick', 'slow', 'error', 'twice', 'never', 'ignore', 'die'] as const;

export const simulatedAsking = ({ time, chance, decisions, nodeIds, count }: AskingParts): SimulatedAsking => {
  const asked: string[] = [];
  const cancelled = new Set<string>();
  let turn = 0;
  const handle = async (command: Command, id: string): Promise<string | undefined> => {
    try {
      const done = await handleCommand(decisions, command, { id, actor: plenumItself });
      return done.outcome === 'done' ? done.id : undefined;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      return undefined;
    }
  };
  const some = (): readonly string[] => nodeIds.filter(() => chance.happens(0.6));
  const request = (): Command => {
    const common = {
      ...{ parent: undefined, command: 'act', parameters: JSON.stringify({ act: chance.pick(acts) }), by: 'somebody' },
      ...{ expiresAtUs: time.nowUs() + chance.pick([1_000, 2_000, 5_000, 30_000]) * 1_000 },
      ...{ answerWithinMs: chance.pick([500, 1_000, 3_000]), commandId: uuid(chance) },
    };
    const nodes = some();
    if (nodes.length > 0 && chance.happens(0.25)) {
      return requestGroupCommand({ ...common, nodeId: undefined, target: 'nodes', nodes });
    }
    const nodeId = nodeIds[chance.below(nodeIds.length)] ?? '';
    return requestCommand({ ...common, nodeId, target: nodeId, nodes: [] });
  };
  return {
    askOnce: async () => {
      turn += 1;
      const victim = asked[chance.below(asked.length)];
      if (victim !== undefined && chance.happens(0.25)) {
        if ((await handle(cancelCommand(victim, plenumItself), `cancel-${turn}`)) !== undefined) cancelled.add(victim);
        return;
      }
      const id = await handle(request(), `request-${turn}`);
      if (id === undefined) return;
      asked.push(id);
      // Asked again, as by a client that got no answer: it is the same one.
      if (chance.happens(0.2) && (await handle(request(), `request-${turn}`)) !== id) asked.push('another');
      // At once, while what is made of it is being made.
      if (!chance.happens(0.1)) return;
      if ((await handle(cancelCommand(id, plenumItself), `cancel-now-${turn}`)) !== undefined) cancelled.add(id);
    },
    isDone: () => turn >= count,
    cancelled: () => cancelled,
    asked: () => asked,
  };
};

const uuid = (chance: Chance): string => {
  const hex = Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};
