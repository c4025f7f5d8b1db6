/** Which of the known names was probably meant. */

/** The one that differs from it in the fewest places, where that is few for its length; `undefined` when none does. */
export const nearest = (written: string, known: readonly string[]): string | undefined =>
  known
    .map((name) => ({ name, distance: editDistance(written, name) }))
    .filter(({ name, distance }) => distance <= Math.max(name.length > 3 ? 2 : 1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.name;

/**
 * How many characters have to be put in, left out, replaced or exchanged with their neighbour to come from one to the
 * other: the optimal string alignment distance (Damerau and Levenshtein, without overlapping exchanges).
 */
export const editDistance = (from: string, to: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at += 1) {
    const next = [at];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[at - 1] === to[column - 1];
      const steps = [(row[column - 1] ?? 0) + (same ? 0 : 1), (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1];
      const exchanged = from[at - 1] === to[column - 2] && from[at - 2] === to[column - 1];
      if (at > 1 && column > 1 && exchanged) steps.push((before[column - 2] ?? 0) + 1);
      next[column] = Math.min(...steps);
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
};
