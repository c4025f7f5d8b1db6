/**
 * Whether batches have to ask which of their ledger rows were there already. Usually none was, and a third of the work of an insert
 * is saved where that is taken for granted. Where it is not so, the whole transaction is begun again, and copies seldom come
 * alone: a device that has lost its connection sends again all that was not acknowledged.
 */
export type Copies = {
  /** A batch had some. */
  seen(): void;
  /** Asked once for each batch. */
  areExpected(): boolean;
};

/** So many batches ask after one that had copies. To begin again costs what is saved in three. */
export const askingBatches = 16;

export const copiesIn = (): Copies => {
  let left = 0;
  return {
    seen: () => {
      left = askingBatches;
    },
    areExpected: () => {
      if (left === 0) return false;
      left -= 1;
      return true;
    },
  };
};
