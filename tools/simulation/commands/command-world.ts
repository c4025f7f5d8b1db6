/**
 * Commands in memory under one seed: clients that ask, bridges that claim and send, nodes that execute, timers and reactions. What
 * runs is the real thing but for the outermost adapters. Everything may be killed between any two steps, answers are lost, nodes move
 * from bridge to bridge, and clocks are wrong. `simulateCommands` ends when every command has; `findings` says what does not hold.
 */
import { NodeResponded, type NodeRespondedData } from '@plenum/ceiling';
import { enrolNode } from '@plenum/device';
import { type Event, plenumItself } from '@plenum/event';
import { handleCommand, type Issue, TransientFailure } from '@plenum/runtime';
import { type Awaited, timeOutDue } from '../../../apps/reactor/src/command-timers.ts';
import { seededChance } from './chance.ts';
import { codec, type DecisionsInMemory, decisionsInMemory } from './decisions-in-memory.ts';
import { type SimulatedAsking, simulatedAsking } from './simulated-asking.ts';
import { simulatedBridges } from './simulated-bridges.ts';
import { type NodeAnswer, type NodeLine, simulatedNodes } from './simulated-nodes.ts';
import { longestStepMs, newLife, nextTurn, simulatedTime } from './simulated-time.ts';
import { brokerWays, listenerWays, type WaysDown, type WaysParts } from './ways-down.ts';

export type Way = 'listen' | 'connect';

export type CommandWorld = {
  readonly decisions: DecisionsInMemory;
  readonly asking: SimulatedAsking;
  readonly lines: readonly NodeLine[];
  /** Commands that were published when their time was over. */
  readonly late: readonly string[];
  /** Whether the database's clock was set meanwhile. */
  readonly jumped: boolean;
  /** How often something struck. */
  readonly struck: number;
  readonly onTheWayMs: number;
};

const stepsMax = 3_000;
const faultySteps = 120;

/** @throws when it does not come to an end. */
export const simulateCommands = async (seed: number, way: Way): Promise<CommandWorld> => {
  const chance = seededChance(seed);
  const time = simulatedTime();
  let [calm, struck, jumped] = [false, 0, false];
  const strikes = (share: number): boolean => {
    const is = chance.happens(share) && !calm;
    if (is) struck += 1;
    return is;
  };
  const nodeIds = Array.from({ length: 1 + chance.below(4) }, (_, index) => `n${index}`);
  const { nodes, lines } = simulatedNodes({ nodeIds, time, chance, dies: () => strikes(0.03) });
  const late: string[] = [];
  const published = ({ command_id, expires_at }: Published): void => {
    if (!jumped && Date.parse(expires_at) < time.nowUs() / 1000) late.push(command_id);
  };
  const ways = (way === 'listen' ? listenerWays : brokerWays)({ nodes, time, chance, strikes, published });
  const decisions = decisionsInMemory({ time, chance, strikes, notify: (nodeId) => bridges.look(nodeId) });
  const issueWith = (wrongByUs: number) => decisions.deciding(wrongByUs).issue;
  const bridges = simulatedBridges({ time, chance, strikes, ways, reads: decisions.open.reads, issueWith });
  const { parts } = decisions.deciding(0);
  for (const nodeId of nodeIds)
    await handleCommand(parts, enrol(nodeId), { id: `enrol-${nodeId}`, actor: plenumItself });
  const asking = simulatedAsking({ time, chance, decisions: parts, nodeIds, count: 2 + chance.below(10) });

  let failure: unknown;
  const timers = timersOf(2, () => timedOut({ decisions, issue: issueWith(0), strikes }));
  const flushAnswers = answersTo(decisions, { nodes, ways, time, chance, strikes });
  const isDone = async (): Promise<boolean> =>
    calm &&
    decisions.open.rows().every(({ state }) => state === 'ended') &&
    nodes.every(({ outbox }) => outbox.length === 0) &&
    (await decisions.isDone());

  for (let step = 0; !(await isDone()); step += 1) {
    if (step > stepsMax) throw new Error(`no end after ${stepsMax} steps: ${stillOpen(decisions)}`);
    calm = asking.isDone() && step > faultySteps;
    if (!asking.isDone() && chance.happens(0.4)) await asking.askOnce();
    ways.move(bridges.lives(), calm);
    if (strikes(0.03)) bridges.killOne();
    if (strikes(0.03)) nodes[chance.below(nodes.length)]?.die();
    if (strikes(0.03)) decisions.killOne();
    if (seed % 4 === 3 && strikes(0.02)) {
      jumped = true;
      time.jump(chance.pick([-5_000, -500, 700, 4_000, 60_000]));
    }
    if (calm || chance.happens(0.5))
      timers.look((error) => {
        failure ??= error;
      });
    await flushAnswers();
    for (let turns = chance.below(8); turns > 0; turns -= 1) await nextTurn();
    time.pass(calm ? 500 : chance.pick([5, 20, 100, 400, longestStepMs]));
    decisions.check();
    bridges.check();
    if (failure !== undefined) throw failure;
  }
  calm = true;
  await decisions.stop();
  for (const life of bridges.lives()) life.kill();
  return {
    decisions,
    asking,
    lines,
    late,
    jumped,
    struck,
    onTheWayMs: jumped ? Number.POSITIVE_INFINITY : ways.onTheWayMs,
  };
};

type Published = { readonly command_id: string; readonly expires_at: string };

/** A process that ends what is due. */
const timedOut = ({ decisions, issue, strikes }: TimedOut): Timed => {
  const life = newLife('timers', (one) => {
    if (strikes(0.01)) one.kill();
  });
  const { due } = decisions.open.reads;
  const reads = { due: (limit: number) => life.mortal(() => due(limit)) };
  const { answers } = decisions;
  const parts = { reads, answers, issue: ((command, by) => life.mortal(() => issue(command, by))) as Issue };
  let awaited: Awaited | undefined;
  return {
    life,
    look: async () => {
      ({ awaited } = await timeOutDue(parts, awaited));
    },
  };
};

type TimedOut = {
  readonly decisions: DecisionsInMemory;
  readonly issue: Issue;
  readonly strikes: (share: number) => boolean;
};

type Answering = Pick<WaysParts, 'nodes' | 'time' | 'chance' | 'strikes'> & { readonly ways: WaysDown };

/** Brings what nodes have answered to the log, one of each node at a time. */
const answersTo = ({ log }: DecisionsInMemory, { nodes, ways, time, chance, strikes }: Answering) => {
  const isKept = async (answer: NodeAnswer, recordedUs: number): Promise<boolean> => {
    try {
      await log.append([codec.encode(responded(answer, recordedUs))]);
      return true;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      return false;
    }
  };
  return async (): Promise<void> => {
    for (const { nodeId, outbox } of nodes) {
      const [answer] = outbox;
      if (answer === undefined || !ways.isConnected(nodeId)) continue;
      const wrongByUs = strikes(0.1) ? (chance.below(200_000) - 100_000) * 1e6 : 0;
      // Its PUBACK may be lost all the same.
      if ((await isKept(answer, time.nowUs() + wrongByUs)) && !strikes(0.05)) outbox.splice(outbox.indexOf(answer), 1);
    }
  };
};

const stillOpen = ({ open }: DecisionsInMemory): string =>
  open
    .rows()
    .filter(({ state }) => state !== 'ended')
    .map(({ commandId, state, dueUs }) => `${commandId} is ${state} until ${new Date(dueUs / 1000).toISOString()}`)
    .join(', ');

type Timed = { readonly life: { isAlive(): boolean }; readonly look: () => Promise<unknown> };

/** Processes that look for what is due, each never twice at once; who is killed begins again. */
const timersOf = (count: number, start: () => Timed) => {
  const members = Array.from({ length: count }, () => ({ ...start(), isLooking: false }));
  return {
    look: (failed: (error: unknown) => void): void => {
      for (const [index, member] of members.entries()) {
        if (!member.life.isAlive()) members[index] = { ...start(), isLooking: false };
        else if (!member.isLooking) {
          member.isLooking = true;
          member
            .look()
            .catch(failed)
            .finally(() => {
              member.isLooking = false;
            });
        }
      }
    },
  };
};

const enrol = (nodeId: string) => {
  const location = { x: 0, y: 0, z: 0, zone: undefined };
  const description = { location, sensors: ['humidity'], firmware_version: '1', capabilities: '{}' };
  return enrolNode(nodeId, { description, actor: plenumItself });
};

const responded = (answer: NodeAnswer, recordedUs: number): Event<NodeRespondedData> => ({
  ...{ id: answer.eventId, type: NodeResponded.type, source: `ceiling/nodes/${answer.nodeId}/responses` },
  ...{ effectiveTimeUs: recordedUs, recordedTimeUs: recordedUs },
  data: {
    ...{ node_id: answer.nodeId, command_id: answer.commandId, outcome: answer.outcome, detail: undefined },
    ...{ result: undefined, timestamp: undefined, device_time: undefined, message_id: answer.eventId },
  },
});
