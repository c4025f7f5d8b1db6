/**
 * Fetches for the partitions that one member follows: those that are asked for in the same turn, or while an earlier
 * statement is under way, are one statement. So an append over eight partitions is read by one statement, and its batches are
 * handed over together.
 */
import type { FetchAsk, Fetched, Place } from './fetch.ts';

/** What was fetched, in hand until `done` is called; twice is once. */
export type InHand = { readonly fetched: Fetched; done(): void };

export type GatheredFetches = {
  /** `undefined` when `stop` has aborted before it was fetched. @throws as `read` does. */
  next(place: Place, from: bigint, stop: AbortSignal): Promise<InHand | undefined>;
};

export type GatheredFetchesParts = {
  /** One statement. Answers the asks in their order; who comes last may get no rows though there are some. */
  readonly read: (asks: readonly FetchAsk[]) => Promise<readonly Fetched[]>;
  readonly limits?: Partial<GatheredFetchesLimits>;
};

export type GatheredFetchesLimits = {
  /**
   * While more than this is in hand, nothing is fetched: as much as two statements bring, one that is handed over and one that
   * is ready. A member so holds three statements' rows at most.
   */
  readonly heldBytesMax: number;
  /** A handler may be stuck, behind a lock for instance, and with what it has in hand holds up the others for no longer. */
  readonly stuckMs: number;
};

const defaultLimits: GatheredFetchesLimits = { heldBytesMax: 2 * 1024 * 1024, stuckMs: 1_000 };

type Ask = FetchAsk & {
  readonly stop: AbortSignal;
  readonly settle: (inHand: InHand | undefined) => void;
  readonly reject: (error: unknown) => void;
};

export const gatheredFetches = ({ read, limits }: GatheredFetchesParts): GatheredFetches => {
  const { heldBytesMax, stuckMs } = { ...defaultLimits, ...limits };
  let waiting: Ask[] = [];
  let heldBytes = 0;
  let reading = false;
  let late: NodeJS.Timeout | undefined;

  const inHand = (fetched: Fetched): InHand => {
    let bytes = fetched.rows.reduce((sum, { body }) => sum + body.length, 0);
    heldBytes += bytes;
    const done = (): void => {
      heldBytes -= bytes;
      bytes = 0;
      begin();
    };
    return { fetched, done };
  };
  const begin = (): void => {
    if (reading || waiting.length === 0) return;
    if (heldBytes < heldBytesMax) go();
    else late ??= setTimeout(go, stuckMs);
  };
  const go = (): void => {
    clearTimeout(late);
    late = undefined;
    reading = true;
    // At the end of this turn, so that everybody who is woken in it has asked.
    setImmediate(() => void readAll());
  };
  const readAll = async (): Promise<void> => {
    const [wanted, stopped] = [waiting.filter(({ stop }) => !stop.aborted), waiting.filter(({ stop }) => stop.aborted)];
    waiting = [];
    for (const ask of stopped) ask.settle(undefined);
    if (wanted.length > 0) await readWanted(wanted);
    reading = false;
    begin();
  };
  const readWanted = async (asks: readonly Ask[]): Promise<void> => {
    try {
      const found = await read(asks);
      const left: Ask[] = [];
      for (const [index, ask] of asks.entries()) {
        const fetched = found[index] as Fetched; // One for each.
        // The others had all the room: the first the next time, when there is some.
        if (index > 0 && fetched.rows.length === 0 && fetched.first <= ask.from && ask.from < fetched.end)
          left.push(ask);
        else ask.settle(inHand(fetched));
      }
      waiting = [...left, ...waiting];
    } catch (error) {
      for (const ask of asks) ask.reject(error);
    }
  };

  return {
    next: (place, from, stop) =>
      new Promise((settle, reject) => {
        waiting.push({ place, from, stop, settle, reject });
        begin();
      }),
  };
};
