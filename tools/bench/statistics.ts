/** The few results that say how a number varied between runs. */
export type Spread = { readonly median: number; readonly least: number; readonly greatest: number };

/** @throws when there are no values: a median of nothing would pass for a result. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  const greatest = sorted.at(-1);
  if (least === undefined || greatest === undefined) throw new Error('there are no values to take a median of');
  return { median: quantile(sorted, 0.5), least, greatest };
};

/** The value below which this share of sorted values lies, between neighbours in proportion. */
export const quantile = (sorted: readonly number[], share: number): number => {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};
