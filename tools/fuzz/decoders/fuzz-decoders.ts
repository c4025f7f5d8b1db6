/** Bytes that are nearly right for `observe`, the codec, the log's batches and geometry; and structured payloads, by fast-check. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { FuzzTarget } from '../target.ts';
import { type DecoderInput, generated, observeHolds } from './inputs.ts';

export type DecodersAsked = { readonly inputs: number; readonly seed: number };

const turnEvery = 500;
/** Longer than any input may take: what takes longer is an attack that works. */
const slowMs = 250;
/** How many of the inputs are structured ones. */
const structuredShare = 0.1;

export const fuzzDecoders = async ({ inputs, seed }: DecodersAsked, target: FuzzTarget): Promise<void> => {
  const structured = Math.round(inputs * structuredShare);
  await fuzzBytes({ inputs: inputs - structured, seed }, target);
  await fuzzStructured({ inputs: structured, seed }, target);
};

const fuzzBytes = async ({ inputs, seed }: DecodersAsked, { progress, failed, stop }: FuzzTarget): Promise<void> => {
  for (let n = 1; n <= inputs && !stop.aborted; n += 1) {
    const { run, input } = generated(seed, n);
    const startMs = performance.now();
    try {
      run();
    } catch (error) {
      failed({ target: 'decoders', problem: wordsOf(error), input: input() });
    }
    const tookMs = performance.now() - startMs;
    // Sharing the machine can make anything slow once; what is slow for its bytes is slow again.
    if (tookMs > slowMs && secondTimeMs(run) > slowMs) {
      failed({ target: 'decoders', problem: `took ${tookMs} ms`, input: input() });
    }
    if (n % turnEvery !== 0) continue;
    progress(turnEvery);
    await nextTurn();
  }
  progress(inputs % turnEvery);
};

const secondTimeMs = (run: () => void): number => {
  const startMs = performance.now();
  try {
    run();
  } catch {
    // What it throws was reported the first time.
  }
  return performance.now() - startMs;
};

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    '\ud800',
    'a\u0000b',
    'temperature',
    '2026-03-04T09:15:02Z',
    '9999-12-31T23:59:60+99:99',
    1e308,
  ),
);
const anything = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) },
);

const fields = fc.record(
  {
    sensor_type: fc.oneof(fc.constantFrom('temperature', 'humidity', 'panel_status'), anything),
    value: fc.oneof(fc.double(), anything),
    unit: fc.oneof(fc.constant('°C'), anything),
    timestamp: fc.oneof(fc.date({ noInvalidDate: true }).map(writtenDate), anything),
    location: fc.oneof(fc.record({ x: fc.double(), y: fc.double(), z: fc.double(), zone: anything }), anything),
    metadata: fc.oneof(fc.object({ maxDepth: 3 }), anything),
    event_id: fc.oneof(fc.uuid(), anything),
    status: fc.oneof(fc.constantFrom('online', 'offline'), anything),
    battery_level: fc.oneof(fc.double({ min: 0, max: 100 }), anything),
    sensors: fc.oneof(fc.array(fc.string()), anything),
    command: anything,
    parameters: anything,
  },
  { requiredKeys: [] },
);

function writtenDate(date: Date): string {
  return date.toISOString();
}

const segment = fc.oneof(
  fc.constantFrom('a', 'node_001_temperature', 'ü', ''),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const topic = fc.oneof(
  segment.map((id) => `ceiling/sensors/${id}/data`),
  segment.map((id) => `ceiling/nodes/${id}/status`),
  segment.map((id) => `ceiling/nodes/${id}/registration`),
  segment.map((id) => `ceiling/commands/${id}`),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const chunk = 2_000;

const fuzzStructured = async (
  { inputs, seed }: DecodersAsked,
  { progress, failed, stop }: FuzzTarget,
): Promise<void> => {
  const encoder = new TextEncoder();
  for (let done = 0; done < inputs && !stop.aborted; done += chunk) {
    const numRuns = Math.min(chunk, inputs - done);
    const check = fc.check(
      fc.property(topic, fields, (on, body) => observeHolds(on, encoder.encode(JSON.stringify(body)))),
      { seed: seed + done, numRuns },
    );
    progress(numRuns);
    if (check.failed && check.counterexample !== null) {
      const [on, body] = check.counterexample;
      const payload = Buffer.from(JSON.stringify(body)).toString('base64');
      const input: DecoderInput = { decoder: 'observe', topic: on, payload };
      failed({ target: 'decoders', problem: wordsOf(check.errorInstance), input });
    }
    await nextTurn();
  }
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 500) : String(error));
