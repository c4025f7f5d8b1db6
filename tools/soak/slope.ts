/** How a measure changes over time. */

export type Point = { readonly second: number; readonly value: number };

/** Least squares: units of the value per hour. 0 for fewer than two points. */
export const slopePerHour = (points: readonly Point[]): number => {
  const count = points.length;
  if (count < 2) return 0;
  const meanSecond = points.reduce((sum, { second }) => sum + second, 0) / count;
  const meanValue = points.reduce((sum, { value }) => sum + value, 0) / count;
  let over = 0;
  let under = 0;
  for (const { second, value } of points) {
    over += (second - meanSecond) * (value - meanValue);
    under += (second - meanSecond) ** 2;
  }
  return under === 0 ? 0 : (over / under) * 3_600;
};

/** The part in which everything has warmed up: caches are full, and heaps have found their size. */
export const secondHalf = (points: readonly Point[]): readonly Point[] => {
  const last = points.at(-1)?.second ?? 0;
  return points.filter(({ second }) => second >= last / 2);
};
