/** Strange clients at the MQTT server itself, in this process and without sockets: millions of packets. */
import type { FuzzTarget } from '../target.ts';
import { type HeapLook, heapWatch } from './heap-watch.ts';
import { openServer, type Played } from './play.ts';
import { roundOf } from './rounds.ts';
import { shrunk } from './shrink.ts';
import { readStep, type Step, type WrittenStep, written } from './steps.ts';

export type MqttAsked = {
  readonly inputs: number;
  readonly seed: number;
  /** Now and then. */
  readonly tell?: (line: string) => void;
};

/** What is played between two times that all sessions end. */
const roundsMax = 100;
const failuresMax = 5;

/** Every packet counts as an input. What it held is flat, or that is a failure. */
export const fuzzMqtt = async (asked: MqttAsked, target: FuzzTarget): Promise<readonly HeapLook[]> => {
  const { inputs, seed, tell = () => undefined } = asked;
  const heap = heapWatch(inputs);
  const startMs = performance.now();
  let server = await openServer();
  let done = 0;
  let failures = 0;
  let toldMs = startMs;
  try {
    for (let n = 0; done < inputs && !target.stop.aborted && failures < failuresMax; n += roundsMax) {
      const { steps, packets, problem } = await playRounds(server, seed, n, inputs - done);
      done += packets;
      target.progress(packets);
      heap.look(done);
      if (problem !== undefined) {
        failures += 1;
        await server.close();
        const input = await shrunk(steps, failsWith);
        const alone = await failsWith(input);
        const where = `with seed ${seed} from round ${n} on, and not when it is played by itself: ${problem}`;
        target.failed({
          target: 'mqtt',
          problem: alone ?? where,
          input: alone === undefined ? [] : input.map(written),
        });
        server = await openServer();
      }
      if (performance.now() - toldMs < tellEveryMs) continue;
      toldMs = performance.now();
      tell(`mqtt: ${done} packets, ${Math.round((done / (toldMs - startMs)) * 1000)} a second`);
    }
  } finally {
    await server.close();
  }
  const growth = heap.problem();
  if (growth !== undefined) target.failed({ target: 'mqtt', problem: growth, input: [] });
  return heap.looks();
};

const tellEveryMs = 10_000;

type PlayedRounds = { readonly steps: readonly Step[]; readonly packets: number; readonly problem: string | undefined };

const playRounds = async (server: Played, seed: number, first: number, packetsMax: number): Promise<PlayedRounds> => {
  const all: Step[] = [];
  let packets = 0;
  for (let n = first; n < first + roundsMax && packets < packetsMax; n += 1) {
    const round = roundOf(seed, n);
    for (const step of round.steps) all.push(step);
    packets += round.packets;
    const problem = await server.play(round.steps);
    if (problem !== undefined) return { steps: all, packets, problem };
  }
  return { steps: all, packets, problem: await server.endSessions() };
};

/** What is wrong when these steps are played to a new server, and all sessions end then. */
export const failsWith = async (steps: readonly Step[]): Promise<string | undefined> => {
  const server = await openServer();
  try {
    return (await server.play(steps)) ?? (await server.endSessions());
  } finally {
    await server.close();
  }
};

/** The same, of an input that was kept. */
export const mqttRegression = (input: unknown): Promise<string | undefined> =>
  failsWith((input as readonly WrittenStep[]).map(readStep)); // Kept by the run that found it.
