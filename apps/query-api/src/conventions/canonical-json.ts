/** One text for values that are the same, in whatever order their properties came. */

/** More than any body of ours has; deeper ones would exhaust the stack. */
const depthMax = 32;

/** Of what JSON can say. `undefined` for what is nested too deeply. */
export const canonicalJson = (value: unknown): string | undefined =>
  isDeep(value, depthMax) ? undefined : JSON.stringify(value, sorted);

const isDeep = (value: unknown, depthLeft: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return depthLeft === 0 || Object.values(value).some((inner) => isDeep(inner, depthLeft - 1));
};

const sorted = (_name: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};
