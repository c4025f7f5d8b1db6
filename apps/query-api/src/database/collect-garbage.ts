/**
 * Texts of large answers are garbage as soon as they are sent, and the engine waits with collecting that until there is
 * three times as much as lives. It is asked to do so earlier, after large answers and at no other time.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (how: { readonly type: 'major'; readonly execution: 'async' }) => Promise<void>;

/** Counts what was made, and asks for a collection each time it is so much. */
export const garbageCollector = (everyBytes: number): ((madeBytes: number) => void) => {
  let collect: Collect | undefined;
  let collecting = false;
  let made = 0;
  return (madeBytes) => {
    made += madeBytes;
    if (made < everyBytes || collecting) return;
    made = 0;
    collecting = true;
    collect ??= exposedCollector();
    void collect({ type: 'major', execution: 'async' }).finally(() => {
      collecting = false;
    });
  };
};

/** The engine's own function, which it shows to contexts that are made while the flag is set. */
const exposedCollector = (): Collect => {
  setFlagsFromString('--expose-gc');
  const collect: Collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
};
