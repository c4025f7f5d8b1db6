/** Bridges of a schedule, each with the real sender of commands: they die between any two steps, and others take their place. */
import type { OpenCommandReads } from '@plenum/device';
import type { Issue } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { type CommandSender, commandSender } from '../../../apps/mqtt-bridge/src/commands/command-sender.ts';
import type { Chance } from './simulated-nodes.ts';
import { type Life, newLife, type SimulatedTime } from './simulated-time.ts';
import type { WaysDown } from './ways-down.ts';

export type SimulatedBridges = {
  lives(): readonly Life[];
  look(nodeId: string): void;
  killOne(): void;
  /** @throws what one of them could not go on for. */
  check(): void;
};

export type BridgesParts = {
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly strikes: (share: number) => boolean;
  readonly ways: WaysDown;
  readonly reads: OpenCommandReads;
  /** Decides with a clock that is wrong by so much. */
  readonly issueWith: (wrongByUs: number) => Issue;
};

type Bridge = { readonly life: Life; readonly sender: CommandSender };

const replicas = 2;
/** Clocks are wrong by up to 28 hours. */
const wrongSecondsMax = 100_000;

export const simulatedBridges = (parts: BridgesParts): SimulatedBridges => {
  const { time, chance, strikes, ways, reads, issueWith } = parts;
  let bridges: readonly Bridge[] = [];
  let started = 0;
  let names = 0;
  let failure: unknown;
  const died = (life: Life): void => {
    if (!life.isAlive()) return;
    life.kill();
    ways.bridgeDied(life);
    bridges = bridges.filter((one) => one.life !== life);
    time.timer(() => true).after(100, start);
  };
  const start = (): void => {
    started += 1;
    const life = newLife(`bridge-${started}`, (one) => {
      if (strikes(0.004)) died(one);
    });
    const wrongByUs = chance.happens(0.3) ? (chance.below(2 * wrongSecondsMax) - wrongSecondsMax) * 1e6 : 0;
    const decide = issueWith(wrongByUs);
    const way = ways.wayOf(life);
    const sender = commandSender({
      way: { ...way, devices: { publish: (message) => life.mortal(() => way.devices.publish(message)) } },
      reads: {
        ...reads,
        sendable: (asked) => life.mortal(() => reads.sendable(asked)),
        nodesDue: (nodeIds, limit) => life.mortal(() => reads.nodesDue(nodeIds, limit)),
      },
      issue: (command, by) => life.mortal(() => decide(command, by)),
      newId: () => {
        names += 1;
        return `${life.name}-${names}`;
      },
      ...{ replica: life.name, logger: silentLogger, timer: time.timer(life.isAlive), sweepMs: 1_000 },
    });
    sender.failed.catch((error: unknown) => {
      failure ??= error;
    });
    bridges = [...bridges, { life, sender }];
    sender.sweep();
  };
  for (let count = 0; count < replicas; count += 1) start();
  ways.onArrival((life, nodeId) => {
    const { sender } = bridges.find((one) => one.life === life) ?? {};
    if (nodeId === '') sender?.sweep();
    else sender?.arrived(nodeId);
  });
  return {
    lives: () => bridges.map(({ life }) => life),
    look: (nodeId) => {
      // A notification may be lost.
      for (const { life, sender } of bridges) {
        if (!strikes(0.1)) time.timer(life.isAlive).after(chance.below(50), () => sender.look(nodeId));
      }
    },
    killOne: () => {
      const one = bridges[chance.below(bridges.length)];
      if (one !== undefined) died(one.life);
    },
    check: () => {
      if (failure !== undefined) throw failure;
    },
  };
};
