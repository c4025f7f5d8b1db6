/** Bounds on what one answer holds. The server measures; a route asks it to. */
import type { Rows } from '@plenum/read-model';

/** A list, and whether there would be more of it. */
export type Fitting<T> = { readonly items: readonly T[]; readonly isWhole: boolean };

export type FittingInto<R, T> = {
  readonly limit: number;
  readonly show: (row: R) => T;
  /** What else is in the answer, where that may be large. */
  readonly beside?: object;
};

export type Gathering<R, T> = {
  /** The rows after this one, or the first. */
  readonly read: (after: R | undefined, limit: number) => Promise<Rows<R>>;
  readonly show: (row: R) => T;
  readonly rowsMax: number;
};

export type Lists = {
  /** As many of the first `limit` rows as fit into an answer, shown; the first one in any case. */
  readonly fitting: <R, T>(rows: Rows<R>, into: FittingInto<R, T>) => Fitting<T>;
  /** For answers that have no next page: reads on until everything is there, or as much as fits. */
  readonly gathered: <R, T>(gathering: Gathering<R, T>) => Promise<Fitting<T>>;
};

/** Says in the head of an answer that one of its lists is not whole. For shapes that have no place for it. */
export const truncatedHeader = (name: string, { isWhole }: Pick<Fitting<unknown>, 'isWhole'>) =>
  isWhole ? {} : { 'plenum-truncated': name };
