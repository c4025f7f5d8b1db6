/**
 * For what anybody may ask without being counted: however many ask, it is looked for once a second, and everybody who
 * asks meanwhile is answered with what that look came to.
 */
export const onceASecond = <T>(look: () => Promise<T>): (() => Promise<T>) => {
  let last: { readonly atMs: number; readonly found: Promise<T> } | undefined;
  let looking = false;
  const settle = (): void => {
    looking = false;
  };
  return () => {
    if (last !== undefined && (looking || performance.now() - last.atMs < keptMs)) return last.found;
    last = { atMs: performance.now(), found: look() };
    looking = true;
    last.found.then(settle, settle);
    return last.found;
  };
};

const keptMs = 1_000;
