/** Numbers that look random and are the same for the same seed, on every machine. */

/** Each call gives the next number in [0, 1). */
export type Numbers = () => number;

/** sfc32 (Chris Doty-Humphrey), seeded from one 32-bit number. */
export const seededNumbers = (seed: number): Numbers => {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // The first numbers of close seeds resemble each other.
  for (let warmUp = 0; warmUp < 15; warmUp += 1) next();
  return next;
};

/** A whole number from 0 up to but without `end`. */
export const below = (numbers: Numbers, end: number): number => Math.floor(numbers() * end);

/** The items in another order. */
export const shuffled = <T>(numbers: Numbers, items: readonly T[]): readonly T[] => {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = below(numbers, last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]; // Both indexes are inside.
  }
  return mixed;
};
