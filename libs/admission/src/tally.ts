/** Counters that metrics read; see `AdmissionFigures`. */
import type { Method } from './figures.ts';

export type Tally = {
  readonly admitted: Record<Method, number>;
  readonly refused: Record<Method | 'none', number>;
  readonly logins: { started: number; refused: number };
  unavailable: number;
};

export const newTally = (): Tally => ({
  admitted: { session: 0, api_key: 0, oidc: 0 },
  refused: { session: 0, api_key: 0, oidc: 0, none: 0 },
  logins: { started: 0, refused: 0 },
  unavailable: 0,
});
