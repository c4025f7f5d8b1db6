/** What this process knows of how far every partition reaches, and who waits for more. */
export type Ends = {
  /** A partition now ends at least here. Notifications may come late, twice, or in any order. @returns whether that was not known. */
  reached(topicId: number, partition: number, end: bigint): boolean;
  /** Settles when the partition is known to end beyond `offset`, or when the signal aborts. */
  beyond(topicId: number, partition: number, offset: bigint, stop: AbortSignal): Promise<void>;
};

type Place = { end: bigint; readonly waiting: Set<() => void> };

export const partitionEnds = (): Ends => {
  const places = new Map<string, Place>();
  const placeOf = (topicId: number, partition: number): Place => {
    const key = `${topicId}:${partition}`;
    let place = places.get(key);
    if (place === undefined) places.set(key, (place = { end: 0n, waiting: new Set() }));
    return place;
  };
  return {
    reached(topicId, partition, end) {
      const place = placeOf(topicId, partition);
      if (end <= place.end) return false;
      place.end = end;
      for (const wake of [...place.waiting]) wake();
      return true;
    },
    beyond: (topicId, partition, offset, stop) =>
      new Promise((resolve) => {
        const place = placeOf(topicId, partition);
        if (stop.aborted || place.end > offset) {
          resolve();
          return;
        }
        const look = (): void => {
          if (!stop.aborted && place.end <= offset) return;
          place.waiting.delete(look);
          stop.removeEventListener('abort', look);
          resolve();
        };
        place.waiting.add(look);
        stop.addEventListener('abort', look);
      }),
  };
};
