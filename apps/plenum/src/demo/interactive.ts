import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { traffic } from '@plenum/simulation';
import { answeringNodes } from '../simulate/answering-nodes.ts';
import { runSimulation, type SimulationCounts, simulationCounts } from '../simulate/run-simulation.ts';
import type { Stack } from '../stack/start-stack.ts';
import { allArrived } from './arrival.ts';
import { type Demonstration, portNotes, type Running, windowMax, withStack } from './demonstration.ts';
import { type Display, terminalDisplay } from './display.ts';
import { enrolNodes } from './enrol-nodes.ts';
import { handOut } from './exports.ts';
import { metricsLine, metricsLines, projectionLine, receivedLine, type Sample, sampleOf } from './live-metrics.ts';
import { balanceOfRun, type RunBalance, refusedAnswers, standing } from './run-balance.ts';

const redrawMs = 500;
/** Without a terminal there is a line now and then. */
const lineMs = 5_000;
/** How long the projector may take for the rest once the bridge has stopped. */
const catchUpMs = 10_000;

/** Runs until it is asked to stop, and prints the counters. Exit code 1 when they do not balance. */
export const runInteractive = async (demonstration: Demonstration): Promise<number> => {
  const { surroundings, config } = demonstration;
  const display = terminalDisplay(surroundings);
  display.print(
    `Plenum is starting; its data are in ${config.DATABASE_URL === undefined ? config.PLENUM_DATA_DIR : 'DATABASE_URL'}.\n`,
  );
  const say = (text: string): void => display.print(`${text}\n`);
  const voice = { print: display.print, say, confide: surroundings.out };
  return withStack(demonstration, voice, async (running) => {
    const { stack, stop } = running;
    const { nodes } = traffic(demonstration);
    say(`Enrolling ${nodes.length} nodes.`);
    const { signIns } = await enrolNodes({ apiUrl: stack.apiUrl, key: running.key, stop }, nodes);
    // Nobody is away or silent here: who commands a node by hand wants to see an answer.
    const answering = answeringNodes({
      seed: demonstration.seed,
      nodes: nodes.map(({ id: nodeId }, node) => ({ nodeId, character: node % 4 === 3 ? 'slow' : 'prompt' })),
    });
    await surroundings.out(welcome(running, demonstration));
    const drawing = handOutAfter(demonstration, running, say);
    const counts = simulationCounts();
    const ticking = showMetrics(display, stack, { counts, isTerminal: surroundings.columns() !== undefined });
    try {
      await runSimulation({
        url: stack.mqttUrl,
        plan: { ...demonstration, messages: Number.POSITIVE_INFINITY },
        ...{ ratePerSecond: demonstration.rate, signIns, answering },
        ...{ windowMax, counts, stop },
      });
      // A part that cannot go on is reported by the caller.
      if (!surroundings.stop.aborted) stop.throwIfAborted();
      display.print('Stopping: finishing what was taken.\n');
      const balance = await settle(running, config.MQTT_MODE === 'connect' ? counts.acknowledged : 0);
      ticking.last();
      await surroundings.out(farewell(counts, balance));
      return balance.problems.length === 0 ? 0 : 1;
    } finally {
      ticking.end();
      await drawing;
    }
  });
};

/** Until nodes have said where they are, so that they are in the drawings. */
const handOutAfterMs = 3_000;

/** Says where a ceiling's drawings are, once there are some. A demonstration that is stopped before has none. */
const handOutAfter = async (
  { config }: Pick<Demonstration, 'config'>,
  { stack, key, stop }: Running,
  say: (text: string) => void,
): Promise<void> => {
  try {
    await sleep(handOutAfterMs, undefined, { signal: stop });
    const folder = path.join(config.PLENUM_DATA_DIR, 'drawings');
    const { files } = await handOut({ apiUrl: stack.apiUrl, key, stop }, folder);
    say(`A ceiling was designed and drawn: ${files.map(({ file }) => path.basename(file)).join(', ')} in ${folder}`);
  } catch (error) {
    if (!stop.aborted) say(`No drawings were made: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Lets everything that was taken arrive, and adds it up. */
const settle = async ({ stack, foundation, before }: Running, acknowledged: number): Promise<RunBalance> => {
  const patience = AbortSignal.timeout(catchUpMs);
  if (acknowledged > 0) await allArrived({ stack, acknowledged, stop: patience });
  await stack.stopBridge();
  await stack.caughtUp(patience);
  const after = await standing(foundation);
  const refused = await refusedAnswers(foundation, { before, after });
  return balanceOfRun({ before, after, bridge: stack.bridgeBalance(), refusedAnswers: refused });
};

const welcome = ({ stack, key }: Running, { config, nodes, rate }: Demonstration): string => {
  const { apiUrl, mqttUrl, webSocketUrl } = stack;
  const pace = rate === 0 ? 'as fast as they are acknowledged' : `${rate} messages a second`;
  return [
    '',
    `Plenum is running. ${nodes} simulated nodes of nine sensors send`,
    `${pace}.`,
    ...portNotes(stack, config),
    '',
    `  MQTT   ${mqttUrl}${webSocketUrl === undefined ? '' : `  ${webSocketUrl}`}`,
    `  API    ${apiUrl}/api/v1/docs`,
    '  try    what a node said last, and which messages were refused and why:',
    `         curl -H 'X-API-Key: ${key.secret}' ${apiUrl}/api/v1/nodes/ceiling_node_001`,
    `         curl -H 'X-API-Key: ${key.secret}' '${apiUrl}/api/v1/quarantine?limit=3'`,
    '         and have one do something, and see what became of it:',
    `         curl -H 'X-API-Key: ${key.secret}' -H 'Content-Type: application/json' -H 'Prefer: wait=10' \\`,
    `              -d '{"target":"ceiling_node_004","command":"calibrate"}' ${apiUrl}/api/v1/commands`,
    '         That key may read, enrol and command nodes, design a ceiling and ask for files, until the demonstration ends.',
    '',
    'Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
};

const farewell = ({ published, acknowledged }: SimulationCounts, balance: RunBalance): string => {
  const { projections, unread, answers, problems } = balance;
  return [
    '',
    `published ${published}, acknowledged ${acknowledged}`,
    receivedLine(balance),
    ...projections.map((one) => projectionLine(one)),
    ...(answers === 0 ? [] : [`answers to commands ${answers}`]),
    ...(unread === 0 ? [] : [`in the log and read by no read model ${unread}`]),
    ...(problems.length === 0 ? ['The counters balance.'] : problems.map((problem) => `DOES NOT BALANCE: ${problem}`)),
    '',
  ].join('\n');
};

type Shown = { readonly counts: SimulationCounts; readonly isTerminal: boolean };
type Ticking = { last(): void; end(): void };

const showMetrics = (display: Display, stack: Stack, { counts, isTerminal }: Shown): Ticking => {
  const startMs = Date.now();
  const sample = (): Sample =>
    sampleOf({
      timeMs: Date.now(),
      simulation: counts,
      bridge: stack.bridgeBalance(),
      counters: stack.counters,
      behind: stack.behind(),
      memoryBytes: process.memoryUsage.rss(),
    });
  // Rates are over the last seconds; over half a second they would only flicker.
  const samples: Sample[] = [sample()];
  const show = (): void => {
    const now = sample();
    const before = samples[0] ?? now;
    samples.push(now);
    if (samples.length > 6) samples.shift();
    if (isTerminal) display.redraw(metricsLines(now, before, startMs));
    else display.print(`${metricsLine(now, before)}\n`);
  };
  const timer = setInterval(show, isTerminal ? redrawMs : lineMs);
  return {
    last: show,
    end: () => {
      clearInterval(timer);
      display.end();
    },
  };
};
