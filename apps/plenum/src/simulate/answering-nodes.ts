/** Simulated nodes that take commands: each subscribes to its own, does with them what its character says, and notes what it did. */
import { setTimeout as sleep } from 'node:timers/promises';
import { commandTopic, responsesTopicOf } from '@plenum/device';
import { type Character, type CommandNoted, type CommandStep, stepsOf } from '@plenum/simulation';
import type { MqttClient } from 'mqtt';
import { type AnsweringSummary, answeringSummary, type Taken } from './answering-summary.ts';

export type AnsweringSettings = {
  readonly seed: number;
  readonly nodes: readonly { readonly nodeId: string; readonly character: Character }[];
};

export type AnsweringNodes = {
  /** This is the connection of that node, and of its later ones. */
  attach(node: number, client: MqttClient): void;
  /** Settles when every connection has subscribed once. @throws the reason of `stop`; why a subscription was refused. */
  subscribed(stop: AbortSignal): Promise<void>;
  /** Settles when each node has done what it will do with the commands that it has, and its answers are acknowledged. */
  idle(): Promise<void>;
  /** What each node has noted of each command. */
  notes(): readonly CommandNoted[];
  /** Answers that were acknowledged. */
  answered(): number;
  summary(): AnsweringSummary;
};

type Note = { received: number; executed: number; readonly isExpired: boolean; readonly said: Buffer[] };

export const answeringNodes = ({ seed, nodes }: AnsweringSettings): AnsweringNodes => {
  const memories = nodes.map(() => new Map<string, Note>());
  const subscriptions = nodes.map(() => Promise.withResolvers<void>());
  for (const { promise } of subscriptions) promise.catch(() => undefined); // What waits for all of them hears of it.
  const underWay = new Set<Promise<void>>();
  let answered = 0;

  const take = async (node: number, client: MqttClient, payload: Uint8Array): Promise<void> => {
    const [memory, taker, command] = [memories[node], nodes[node], commandIn(payload)];
    if (memory === undefined || taker === undefined || command === undefined) return;
    const { nodeId, character } = taker;
    const say = async (said: Buffer): Promise<void> => {
      await client.publishAsync(responsesTopicOf(nodeId), said, { qos: 1 });
      answered += 1;
    };
    const { commandId, expiresAtMs } = command;
    const before = memory.get(commandId);
    if (before !== undefined) {
      before.received += 1;
      for (const said of before.said) await say(said);
      return;
    }
    const isExpired = Date.now() >= expiresAtMs;
    const note: Note = { received: 1, executed: 0, isExpired, said: [] };
    memory.set(commandId, note);
    const steps = stepsOf({ seed, character, commandId, isExpired });
    const startMs = performance.now();
    for (const step of steps) {
      const waitMs = startMs + step.afterMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      await carryOut(step, { commandId, note, say });
    }
  };

  return {
    attach: (node, client) => {
      const { nodeId = '' } = nodes[node] ?? {};
      const subscription = subscriptions[node];
      client.on('connect', () => {
        // At every connection, also when the session is still there: what waits is sent then.
        client.subscribeAsync(commandTopic(nodeId), { qos: 1 }).then(
          () => subscription?.resolve(),
          (error) => subscription?.reject(error),
        );
      });
      client.on('message', (_, payload) => {
        const taken = take(node, client, payload)
          .catch(() => undefined) // Its connection was ended meanwhile.
          .then(() => void underWay.delete(taken));
        underWay.add(taken);
      });
    },
    subscribed: (stop) => unlessStopped(Promise.all(subscriptions.map(({ promise }) => promise)), stop),
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    notes: () =>
      memories.flatMap((memory, node) =>
        [...memory].map(([commandId, { received, executed }]) => {
          return { commandId, nodeId: nodes[node]?.nodeId ?? '', received, executed };
        }),
      ),
    answered: () => answered,
    summary: () => answeringSummary(takenIn(memories, nodes), answered),
  };
};

/** @throws the reason of `stop`; why one of them failed. */
const unlessStopped = async (all: Promise<unknown>, stop: AbortSignal): Promise<void> => {
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => undefined);
  const end = (): void => stopped.reject(stop.reason);
  if (stop.aborted) end();
  stop.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([all, stopped.promise]);
  } finally {
    stop.removeEventListener('abort', end);
  }
};

const takenIn = (memories: readonly ReadonlyMap<string, Note>[], nodes: AnsweringSettings['nodes']): readonly Taken[] =>
  memories.flatMap((memory, node) => {
    const { character = 'prompt' } = nodes[node] ?? {};
    return [...memory.values()].map((note) => ({ ...note, character }));
  });

type CarryingOut = {
  readonly commandId: string;
  readonly note: Note;
  readonly say: (said: Buffer) => Promise<void>;
};

const carryOut = async (step: CommandStep, { commandId, note, say }: CarryingOut): Promise<void> => {
  if (step.does === 'execute') {
    note.executed += 1;
    return;
  }
  const said = Buffer.from(JSON.stringify({ command_id: commandId, ...step.answer }));
  note.said.push(said);
  for (let time = 0; time < step.times; time += 1) await say(said);
};

/** `undefined`: it does not come from Plenum. */
const commandIn = (payload: Uint8Array): { readonly commandId: string; readonly expiresAtMs: number } | undefined => {
  try {
    const { command_id, expires_at } = JSON.parse(Buffer.from(payload).toString('utf8')) ?? {};
    if (typeof command_id !== 'string' || typeof expires_at !== 'string') return undefined;
    return { commandId: command_id, expiresAtMs: Date.parse(expires_at) };
  } catch {
    return undefined;
  }
};
