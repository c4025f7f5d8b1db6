/** Waiting for the read models to show a decision. */
import type { UntilShown } from '@plenum/http';
import { TransientFailure } from '@plenum/runtime';

const lookEveryMs = { first: 10, most: 160 };

export const untilShown: UntilShown = async (isShown, forMs) => {
  const untilMs = performance.now() + forMs;
  for (let pauseMs = lookEveryMs.first; ; pauseMs = Math.min(pauseMs * 2, lookEveryMs.most)) {
    if (await unlessTransient(isShown)) return true;
    if (performance.now() + pauseMs > untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

/** The decision is recorded: that the tables are away does not undo it, and must not be answered as if it did. */
const unlessTransient = async (isShown: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await isShown();
  } catch (error) {
    if (error instanceof TransientFailure) return false;
    throw error;
  }
};
