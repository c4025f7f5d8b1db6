/** What can happen to a file on its way: seeded, so that a failure can be made again. */

/** So many copies, each with one byte changed. Not lazily random: the same seed gives the same copies. */
export function* flipped(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  let state = seed >>> 0;
  const next = (below: number): number => {
    // Numerical Recipes' generator; its high bits are the ones that vary.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let made = 0; made < count; made += 1) {
    const copy = Uint8Array.from(bytes);
    const at = next(bytes.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << next(8));
    yield copy;
  }
}

/** Its beginnings: the empty one, and so many others of lengths between. */
export const truncated = (bytes: Uint8Array, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => bytes.subarray(0, Math.floor((bytes.length * index) / count)));
