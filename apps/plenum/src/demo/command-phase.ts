/** Commands a fleet that answers in every way, and holds what Plenum says of each command against what its node has noted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { characters, commandPlan, isAwake, judgeCommands, type SimulatedNode } from '@plenum/simulation';
import type { Client } from '../api/api-client.ts';
import { answeringNodes } from '../simulate/answering-nodes.ts';
import { connectDevices } from '../simulate/devices.ts';
import { askForCommands, commandsSaid } from './ask-commands.ts';
import type { Enrolled } from './enrol-nodes.ts';

export type CommandPhase = {
  readonly url: string;
  readonly client: Client;
  readonly seed: number;
  readonly nodes: readonly SimulatedNode[];
  readonly enrolled: Enrolled;
  /** How many commands to a node. */
  readonly commands: number;
  readonly say: (text: string) => void;
};

/** What commands came to. Of those that are for several nodes, those of each node count. */
export type CommandTotals = {
  readonly requested: number;
  /** How many ended in each state. */
  readonly states: Readonly<Record<(typeof endStates)[number], number>>;
  /** In none of these states. */
  readonly open: number;
  /** How many of them their nodes have executed, by their own record. */
  readonly executed: number;
  /** Answers of nodes that were acknowledged. */
  readonly answers: number;
};

/** For people. */
export const commandsLine = ({ requested, states, open, executed }: CommandTotals): string =>
  `commands ${requested} = ${endStates.map((state) => `${state} ${states[state]}`).join(' + ')}` +
  `${open === 0 ? '' : ` + open ${open}`}; executed, as the nodes noted it: ${executed}`;

const endStates = ['succeeded', 'failed', 'unanswered', 'expired', 'cancelled'] as const;

export type CommandProof = { readonly totals: CommandTotals; readonly problems: readonly string[] };

const connectTimeoutMs = 30_000;
/** By when every command has ended; each has its times, and is timed out within a second or two. */
const endedWithinMs = 60_000;
const lookEveryMs = 200;

/** @throws Error when a node cannot connect; the reason of the client's `stop`. */
export const commandPhase = async (phase: CommandPhase): Promise<CommandProof> => {
  const { url, client, seed, nodes, enrolled, commands, say } = phase;
  const { stop } = client;
  const given = characters(seed, nodes.length);
  const answering = answeringNodes({
    seed,
    nodes: nodes.map(({ id: nodeId }, node) => ({ nodeId, character: given[node] ?? 'prompt' })),
  });
  const clientIds = nodes.map(({ id }) => id);
  const counts = { connected: 0, reconnects: 0 };
  const { signIns, isAmongOthers: amongOthers } = enrolled;
  const devices = await connectDevices({
    ...{ url, clientIds, signIns, answering, windowMax: 1, connectTimeoutMs, stop, counts },
  });
  try {
    await answering.subscribed(AbortSignal.any([stop, AbortSignal.timeout(connectTimeoutMs)]));
    const away = [...given.keys()].filter((node) => !isAwake(given[node] ?? 'prompt'));
    await Promise.all(away.map((node) => devices.sleep(node)));
    const planned = commandPlan({ seed, nodes: nodes.map(({ location }) => location), commands, amongOthers });
    say(`${nodes.length} nodes are signed in, and ${away.length} of them go to sleep; asking for ${commands} commands`);
    const asked = await askForCommands(client, planned, clientIds);
    for (const node of away) if (given[node] === 'dozing') devices.wake(node);
    await sleep(brieflyMs, undefined, { signal: stop });
    for (const node of away) if (given[node] === 'sleeping') devices.wake(node);
    say('all nodes are awake; waiting until every command has ended');
    const said = await untilEnded(phase, asked);
    await answering.idle();
    const { states, open, executed, problems } = judgeCommands(said, answering.notes());
    const ended = Object.fromEntries(endStates.map((state) => [state, states[state] ?? 0]));
    const totals = {
      ...{ requested: said.length, states: ended as CommandTotals['states'] }, // Each of them.
      ...{ open, executed, answers: answering.answered() },
    };
    const missing =
      said.length === commands ? [] : [`${commands} commands were asked for, and ${said.length} are shown`];
    return { totals, problems: [...missing, ...problems] };
  } finally {
    await devices.close();
  }
};

/** Longer than what is sent to a node that sleeps too long has time. */
const brieflyMs = 5_200;

/** Every command to a node; also when some are open still after a long time, for then there is something to say. */
const untilEnded = async ({ client, commands }: CommandPhase, asked: Parameters<typeof commandsSaid>[1]) => {
  const giveUpMs = performance.now() + endedWithinMs;
  for (;;) {
    const said = await commandsSaid(client, asked);
    const ended = said.filter(({ isFinal }) => isFinal).length;
    if (ended >= commands || performance.now() > giveUpMs) return said;
    await sleep(lookEveryMs, undefined, { signal: client.stop });
  }
};
