/**
 * Memory for large pages, for all requests of a process together. What is small is not counted. What is larger needs
 * capacity while it is read, and its bytes count until the client has taken them: a client may be slow, and there may
 * be many. When no capacity is left, pages stay small and go on with the next; answers that have no next wait for it.
 */
import { TransientFailure } from '@plenum/runtime';

/** Of a page as it is answered. */
export const pageBytesMax = 4 * 1_048_576;

/** Pages up to here are always read: as JSON they stay below the bound of a page, whatever is in them. */
export const smallBytes = 262_144;

export type PageBudget = {
  /** Capacity to read one large page, if there is any now. Call what it returns when it has been read. */
  readonly tryRoom: () => (() => void) | undefined;
  /** The same, as soon as there is capacity. @throws TransientFailure when there is none in time. */
  readonly room: () => Promise<() => void>;
  /** So many bytes are on their way to a client. Call what it returns when they are gone. */
  readonly sending: (bytes: number) => () => void;
};

export type PageBudgetLimits = { readonly bytesMax: number; readonly waitMs: number };

/** Rows that are shown through objects are bytes, then objects, then JSON, and then bytes again: several times their size. */
const readingBytes = 6 * pageBytesMax;

const usual: PageBudgetLimits = { bytesMax: 16 * pageBytesMax, waitMs: 5_000 };

export const pageBudget = ({ bytesMax, waitMs }: PageBudgetLimits = usual): PageBudget => {
  const waiting: (() => void)[] = [];
  let taken = 0;

  const take = (bytes: number): (() => void) => {
    taken += bytes;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      taken -= bytes;
      while (hasRoom() && waiting.length > 0) waiting.shift()?.();
    };
  };
  const hasRoom = (): boolean => taken + readingBytes <= bytesMax;
  const tryRoom = () => (hasRoom() ? take(readingBytes) : undefined);

  return {
    tryRoom,
    sending: take,
    room: () => {
      const now = waiting.length === 0 ? tryRoom() : undefined;
      if (now !== undefined) return Promise.resolve(now);
      return new Promise((resolve, reject) => {
        const turn = (): void => {
          clearTimeout(timer);
          resolve(take(readingBytes));
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(new TransientFailure('busy', 'too many large answers at the same time'));
        }, waitMs);
        waiting.push(turn);
      });
    },
  };
};
