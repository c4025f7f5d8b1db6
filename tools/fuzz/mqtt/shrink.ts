/** Makes a failing input small: leaves out what it fails without. */
import type { Step } from './steps.ts';

type Fails = (steps: readonly Step[]) => Promise<string | undefined>;

const triesMax = 400;

/** The same steps when they do not fail by themselves. */
export const shrunk = async (steps: readonly Step[], fails: Fails): Promise<readonly Step[]> => {
  const wanted = await fails(steps);
  if (wanted === undefined) return steps;
  let kept = steps;
  let tries = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && tries < triesMax; ) {
    const before = kept.length;
    for (let at = 0; at < kept.length && tries < triesMax; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      tries += 1;
      if (kindOf(await fails(fewer)) === kindOf(wanted)) kept = fewer;
      else at += size;
    }
    if (size === 1 && kept.length === before) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return kept;
};

/** Without what is another number each time. */
const kindOf = (problem: string | undefined): string | undefined => problem?.replaceAll(/\d+/g, '').split('\n')[0];
