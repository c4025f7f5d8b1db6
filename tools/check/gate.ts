/** What a static check has to say. */
export type Outcome = {
  /** How many things it looked at. A gate that saw nothing has failed, whatever it thinks. */
  readonly seen: number;
  /** What those things are, in the plural. */
  readonly unit: string;
  /** One line or block of lines for each; none when all is well. */
  readonly problems: readonly string[];
};

/** One static check of the tree at `root`. It throws only for a bug or a tool that is not there. */
export type Gate = {
  readonly name: string;
  readonly check: (root: string) => Promise<Outcome>;
};

export type Verdict = Outcome & { readonly name: string; readonly passed: boolean; readonly tookMs: number };

/** Runs every gate, whatever the others say; two at a time, because each of them keeps a processor busy. */
export const runGates = async (gates: readonly Gate[], root: string): Promise<readonly Verdict[]> => {
  const verdicts = new Map<Gate, Verdict>();
  const waiting = [...gates];
  const worker = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      verdicts.set(gate, await runGate(gate, root));
    }
  };
  await Promise.all([worker(), worker()]);
  return gates.flatMap((gate) => verdicts.get(gate) ?? []);
};

const runGate = async ({ name, check }: Gate, root: string): Promise<Verdict> => {
  const startedMs = performance.now();
  const outcome = await check(root).catch(brokenGate);
  const problems = outcome.seen === 0 ? [...outcome.problems, `saw no ${outcome.unit}`] : outcome.problems;
  return { ...outcome, name, problems, passed: problems.length === 0, tookMs: performance.now() - startedMs };
};

/** A gate that cannot be run has failed like any other, and the rest is still worth knowing. */
const brokenGate = (error: unknown): Outcome => ({
  seen: 0,
  unit: 'anything',
  problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
});

/** A line for people: name, verdict, how much was seen, how long it took; then the problems. */
export const report = ({ name, passed, problems, seen, tookMs, unit }: Verdict): string => {
  const line = `${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seen} ${unit}, ${(tookMs / 1000).toFixed(1)} s`;
  return [line, ...problems.map((problem) => problem.replace(/^/gm, '       ').trimEnd())].join('\n');
};
