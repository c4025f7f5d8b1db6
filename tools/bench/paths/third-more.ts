/** Where a broker of somebody else's is on the way, a result may be a third worse than on the usual one. */
import type { Limit } from '../bench.ts';

export const thirdMore = ({ name, atMost, aim }: Limit): Limit => ({
  name,
  atMost: roundedOf((atMost * 4) / 3),
  aim: roundedOf((aim * 4) / 3),
});

/** To two digits, which is as much as such a limit says. */
const roundedOf = (value: number): number => Number(value.toPrecision(2));
