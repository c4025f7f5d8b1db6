import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { commandRules, commandStream, type SendableCommand } from '@plenum/device';
import type { Command } from '@plenum/event';
import type { Delivery, DeviceMessage, Issue } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { commandSender } from './command-sender.ts';

const delivered: Delivery = { outcome: 'delivered', by: 'device' };

describe('the sender of commands', () => {
  it('claims what is due, and publishes it in its order', async (t) => {
    const { sender, request, published, settle, state } = world(t);
    for (const id of ['a', 'b', 'c']) request(id);
    sender.look('node-1');
    assert.deepEqual(await published(3), ['a', 'b', 'c']);
    assert.deepEqual(['a', 'b', 'c'].map(state), ['sent', 'sent', 'sent']);
    settle('b', delivered);
    settle('a', delivered);
    settle('c', { outcome: 'expired' });
    await sender.close();
    assert.deepEqual(['a', 'b', 'c'].map(state), ['delivered', 'delivered', 'sent']);
    assert.deepEqual(sender.counts(), { sent: 3, delivered: 2, notTaken: 0, unknown: 1, inHand: 0 });
  });

  it('leaves what may not be claimed, and sends the others', async (t) => {
    const { sender, request, published, apply, state } = world(t);
    for (const id of ['a', 'b', 'c', 'd', 'e']) request(id);
    apply('c', { do: 'cancel', actor: { id: 'ana', permissions: [], organisation: 'default' } });
    sender.look('node-1');
    assert.deepEqual(await published(4), ['a', 'b', 'd', 'e']);
    assert.equal(state('c'), 'cancelled');
  });

  it('does not send what it has in hand, also when it looks again', async (t) => {
    const { sender, request, published } = world(t);
    request('a');
    sender.look('node-1');
    await published(1);
    sender.arrived('node-1');
    request('b');
    sender.arrived('node-1');
    assert.deepEqual(await published(2), ['a', 'b']);
  });

  it('gives back what reached nobody', async (t) => {
    const { sender, request, published, settle, state } = world(t);
    request('a');
    request('b');
    sender.look('node-1');
    await published(2);
    settle('a', { outcome: 'not-connected' });
    settle('b', { outcome: 'refused', by: 'device', reason: 0x83 });
    await sender.close();
    assert.deepEqual(['a', 'b'].map(state), ['accepted', 'accepted']);
  });

  it('sends a node that is not here nothing', async (t) => {
    const { sender, request, state, sweep } = world(t, { isHere: false });
    request('a');
    sender.look('node-1');
    await sweep();
    assert.equal(state('a'), 'accepted');
  });

  it('does not send what expires while it is claimed', async (t) => {
    const { sender, request, state, sweep } = world(t, { claimTakesMs: 60_000 });
    request('a');
    sender.look('node-1');
    await sweep();
    await sender.close();
    assert.equal(state('a'), 'accepted');
    assert.deepEqual(sender.counts(), { sent: 0, delivered: 0, notTaken: 1, unknown: 0, inHand: 0 });
  });

  it('does not send what expires while it waits to hear that it may be sent', async (t) => {
    const { sender, request, state, sweep } = world(t, { answerTakesMs: 60_000 });
    request('a');
    sender.look('node-1');
    await sweep();
    await sender.close();
    assert.equal(state('a'), 'accepted');
    assert.deepEqual(sender.counts(), { sent: 0, delivered: 0, notTaken: 0, unknown: 0, inHand: 0 });
  });

  it("leaves to a broker what it has taken, and does not take the broker's word for the node's", async (t) => {
    const { sender, request, published, settle, state } = world(t);
    request('a');
    sender.look('node-1');
    await published(1);
    settle('a', { outcome: 'delivered', by: 'broker' });
    request('b');
    sender.arrived('node-1');
    assert.deepEqual(await published(2), ['a', 'b']);
    assert.equal(state('a'), 'sent');
  });
});

type Data = Parameters<typeof commandRules.decide>[1];
type State = Parameters<typeof commandRules.decide>[0];

/** One node, decisions in memory, and a clock that stands still unless a claim takes time. */
const world = (t: TestContext, { isHere = true, claimTakesMs = 0, answerTakesMs = 0 } = {}) => {
  const states = new Map<string, State>();
  const sent: { readonly id: string; readonly settle: (delivery: Delivery) => void }[] = [];
  let nowMs = 1_000_000;
  let tasks: (() => void)[] = [];
  let changed = Promise.withResolvers<void>();
  const apply = (id: string, data: Data): boolean => {
    const decided = commandRules.decide(states.get(id), data);
    if (decided.outcome === 'refused') return false;
    states.set(id, decided.events.reduce(commandRules.evolve, states.get(id)));
    return true;
  };
  const issue: Issue = async (command) => {
    const all: Command[] = [command, ...(command.also?.({ before: undefined, events: [], after: undefined }) ?? [])];
    const parts = all.map(({ stream, data }) => [stream.slice(commandStream('').length), data as Data] as const);
    if (parts.some(([, { do: what }]) => what === 'claim')) nowMs += claimTakesMs;
    const isRefused = parts.some(([id, data]) => commandRules.decide(states.get(id), data).outcome === 'refused');
    if (isRefused) return { outcome: 'refused', code: 'not-now', reason: 'as a rule says' };
    for (const [id, data] of parts) apply(id, data);
    return { outcome: 'done', how: 'recorded' };
  };
  const open = (): readonly SendableCommand[] =>
    [...states].map(([command_id, state]) => ({
      ...{ command_id, node_id: 'node-1', command: 'blink', parameters: {}, attempt: state?.attempt ?? 0 },
      ...{ requested_us: `${nowMs * 1000}`, expires_us: `${state?.expiresAtUs}`, now_us: `${nowMs * 1000}` },
      signs_in: false,
    }));
  const timer = {
    nowMs: () => nowMs,
    after: (_: number, task: () => void) => {
      tasks.push(task);
      return () => {
        tasks = tasks.filter((other) => other !== task);
      };
    },
    soon: setImmediate,
  };
  const sender = commandSender({
    way: {
      devices: {
        publish: ({ payload }: DeviceMessage) => {
          const { promise, resolve } = Promise.withResolvers<Delivery>();
          sent.push({ id: JSON.parse(String(Buffer.from(payload))).command_id, settle: resolve });
          changed.resolve();
          changed = Promise.withResolvers();
          return promise;
        },
      },
      reaches: () => isHere,
      here: () => ['node-1'],
      isAbsent: () => false,
      clientOf: ({ nodeId }) => nodeId,
    },
    // As a table that is late would: rules, and what is in hand, see to the rest.
    reads: {
      sendable: async ({ except }) => {
        const found = open().filter(({ command_id }) => !except.includes(command_id));
        nowMs += answerTakesMs;
        return found;
      },
      nodesDue: async () => ['node-1'],
      due: async () => [],
      anyOpen: async () => true,
      unsentOf: async () => [],
      sent: async () => [],
      forgetEnded: async () => undefined,
    },
    ...{ issue, replica: 'here', newId: () => `${sent.length}`, logger: silentLogger, timer },
  });
  t.after(() => {
    for (const { settle } of sent) settle({ outcome: 'expired' });
    return sender.close();
  });
  return {
    sender,
    apply,
    request: (id: string): void => {
      const asked = { nodeId: 'node-1', target: 'node-1', nodes: [], parent: undefined, command: 'blink', by: 'ana' };
      const expiresAtUs = (nowMs + 60_000) * 1000;
      apply(id, { do: 'request', commandId: id, ...asked, parameters: '{}', expiresAtUs, answerWithinMs: 1_000 });
    },
    state: (id: string) => states.get(id)?.state,
    /** Settles when so many were published, with their ids. */
    published: async (count: number): Promise<readonly string[]> => {
      while (sent.length < count) await changed.promise;
      return sent.map(({ id }) => id);
    },
    settle: (id: string, delivery: Delivery) => sent.find((one) => one.id === id)?.settle(delivery),
    /** Lets everything that is under way come to its end. */
    sweep: async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    },
  };
};
