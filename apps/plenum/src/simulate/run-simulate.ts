/** Runs `plenum simulate`: signs the nodes in where that is asked for, sends, takes commands, and says what it came to. */
import { charactersOf, type TrafficPlan, traffic } from '@plenum/simulation';
import type { Client } from '../api/api-client.ts';
import { type Surroundings, UsageError } from '../command-line/command.ts';
import { type AnsweringNodes, answeringNodes } from './answering-nodes.ts';
import { answeringLine, characterLines } from './answering-summary.ts';
import { apiKeyIn } from './api-key-file.ts';
import { NotLetIn } from './devices.ts';
import { manifestWriter } from './manifest.ts';
import { runSimulation, type SimulationCounts, type SimulationSettings, simulationCounts } from './run-simulation.ts';
import { openSignIns, type SignIns } from './sign-ins.ts';
import type { SimulateValues } from './simulate-options.ts';
import { sharesOf } from './traffic-options.ts';

const tellEveryMs = 5_000;

/** @returns the exit code. @throws UsageError; Error of the API, the keys or the broker; the reason of `stop`. */
export const runSimulate = async (values: SimulateValues, surroundings: Surroundings): Promise<number> => {
  expectSense(values);
  const { seed, nodes, messages = Number.POSITIVE_INFINITY } = values;
  const plan: TrafficPlan = { seed, nodes, messages, shares: sharesOf(values) };
  const client = values.enrol ? await clientOf(values, surroundings) : undefined;
  const places = traffic(plan).nodes;
  const { tell } = surroundings;
  const isSignedIn = client !== undefined || values.keys !== undefined;
  const signedIn = isSignedIn ? await openSignIns({ nodes: places, keysFile: values.keys, client, tell }) : undefined;
  let code: number;
  try {
    const answering = isSignedIn || values.answering !== undefined ? takersOf(values, places, tell) : undefined;
    code = await simulated(values, { plan, signedIn, answering }, surroundings);
  } catch (error) {
    await signedIn?.end().catch((failure: Error) => tell(`plenum: ${failure.message}\n`));
    throw error instanceof NotLetIn ? new Error(`${error.message}. ${adviceOf(values)}`, { cause: error }) : error;
  }
  await signedIn?.end();
  return code;
};

/** @throws UsageError */
const expectSense = (values: SimulateValues): void => {
  if (!/^(mqtts?|wss?):\/\/./.test(values.url) || !URL.canParse(values.url)) {
    throw new UsageError(`--url must begin with mqtt://, mqtts://, ws:// or wss://, and is "${values.url}"`);
  }
  if (!/^https?:\/\/./.test(values.api) || !URL.canParse(values.api)) {
    throw new UsageError(`--api must begin with http:// or https://, and is "${values.api}"`);
  }
  if (values.enrol !== (values['api-key'] !== undefined)) {
    throw new UsageError('--enrol and --api-key go together: the API enrols for who has a key with write:nodes');
  }
};

const clientOf = async (values: SimulateValues, { input, tell, stop }: Surroundings): Promise<Client> => {
  let saidMs = Number.NEGATIVE_INFINITY;
  return {
    apiUrl: values.api.replace(/\/+$/, ''),
    key: { secret: await apiKeyIn(values['api-key'] ?? '-', input) },
    stop,
    waiting: (seconds) => {
      // Several requests wait at a time.
      if (performance.now() < saidMs + tellEveryMs) return;
      saidMs = performance.now();
      tell(`the API key has made all requests that it may make in a minute; waiting ${seconds} s for the next\n`);
    },
  };
};

const takersOf = (
  { seed, answering = {} }: SimulateValues,
  places: readonly { readonly id: string }[],
  tell: (text: string) => void,
): AnsweringNodes => {
  const characters = charactersOf(seed, places.length, answering);
  const nodes = places.map(({ id: nodeId }, node) => ({ nodeId, character: characters[node] ?? 'prompt' }));
  for (const line of characterLines(nodes)) tell(line);
  return answeringNodes({ seed, nodes });
};

type Simulated = {
  readonly plan: TrafficPlan;
  readonly signedIn: SignIns | undefined;
  readonly answering: AnsweringNodes | undefined;
};

const simulated = async (
  values: SimulateValues,
  { plan, signedIn, answering }: Simulated,
  { out, tell, stop }: Surroundings,
): Promise<number> => {
  const manifest = values.manifest === undefined ? undefined : await manifestWriter(values.manifest);
  const startMs = performance.now();
  const counts = simulationCounts();
  const over = new AbortController();
  const telling = setInterval(() => tell(`${line(counts)}, ${counts.connected} nodes connected\n`), tellEveryMs);
  answering?.subscribed(AbortSignal.any([stop, over.signal])).catch((error: Error) => {
    if (!stop.aborted && !over.signal.aborted) tell(`a node cannot take commands: ${error.message}\n`);
  });
  const settings: SimulationSettings = {
    ...{ url: values.url, plan, ratePerSecond: values.rate, windowMax: values.window, counts, stop },
    ...(signedIn !== undefined && { signIns: signedIn.signIns }),
    ...(answering !== undefined && { answering }),
    ...(values.seconds !== undefined && { seconds: values.seconds }),
    ...(manifest !== undefined && { manifest: manifest.write }),
  };
  try {
    await runSimulation(settings);
  } finally {
    over.abort();
    clearInterval(telling);
    await manifest?.close();
  }
  const seconds = Math.round((performance.now() - startMs) / 10) / 100;
  const commands = answering?.summary();
  if (values.json) await out(`${JSON.stringify({ ...summary(counts, seconds), commands })}\n`);
  else await out(`${line(counts)} in ${seconds} s.\n${commands === undefined ? '' : `${answeringLine(commands)}.\n`}`);
  return counts.acknowledged === counts.published ? 0 : 1;
};

const adviceOf = ({ enrol, keys }: SimulateValues): string => {
  if (keys === undefined) return enrol ? 'Is it the broker of that API?' : 'With --enrol nodes sign in.';
  return `Their keys in ${keys} may be revoked, or are of another site: without their lines there, --enrol gets others`;
};

const summary = ({ published, acknowledged, reconnects, kinds }: SimulationCounts, seconds: number): object => ({
  published,
  acknowledged,
  unacknowledged: published - acknowledged,
  reconnects,
  kinds: Object.fromEntries(kinds),
  seconds,
});

const line = ({ published, acknowledged, reconnects }: SimulationCounts): string =>
  `${published} published, ${acknowledged} acknowledged, ${reconnects} reconnects`;
