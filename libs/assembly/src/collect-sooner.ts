/** How much garbage a process lets lie through whose hands every message goes. */
import { setFlagsFromString } from 'node:v8';

/**
 * Left to itself the engine lets the old part of the heap grow to several times what was in use after the last collection before
 * it collects again. A message lives until it is in the log and acknowledged, and a row until it is committed: long enough to get
 * there, so bridge and projector fill that part with what they are done with. What is in use is bounded elsewhere, in
 * bytes (INGEST_MEMORY_MAX), and a heap that may always grow a step can never run out.
 */
const growthPercent = {
  /** A collection takes CPU that messages are waiting for (docs/performance.md). */
  bridge: 200,
  /** Every row that it remembers gets old and is replaced, and every collection goes through all of them. */
  projector: 300,
  /** It has no hurry, and a group of rows of Parquet gets old before it is written. */
  exporter: 100,
} as const;

/** Of this process, from now on: how much more than was in use it may become, in per cent. Where it is both, the last one counts. */
export const collectSooner = (process: keyof typeof growthPercent): void =>
  setFlagsFromString(`--heap-growing-percent=${growthPercent[process]}`);
