/** How much garbage a process that takes messages lets lie. */
import { setFlagsFromString } from 'node:v8';

/**
 * Left to itself the engine lets the old part of the heap grow to several times what was in use after the last collection before
 * it collects again. A message lives until it is in the log and acknowledged, long enough to get there, so a bridge that is
 * flooded fills that part with messages it is done with. This is how much more than was in use it may become, in per cent;
 * less would save little more memory for more CPU (docs/performance.md). What is in use is bounded elsewhere, in
 * bytes (INGEST_MEMORY_MAX), and a heap that may always grow a step can never run out.
 */
const growthPercent = 100;

/** Of this process, from now on. */
export const collectSooner = (): void => setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
