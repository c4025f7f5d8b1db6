/** How fast a build may go that nobody sees yet: the live tables come first. */
import { pause as rest } from '../pause.ts';
import type { Pause } from '../retry.ts';
import { turns } from '../turns.ts';

/** Runs the work when it may be, and settles with what comes of it when the next may come. */
export type Pace = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * One batch at a time, and after each of them a rest as long as the batch took: to the processor, the database and the disk
 * a build is a neighbour who is there half of the time, however slow they are. At full speed once it is live.
 */
export const gentlePace = (isLive: () => boolean, stop: AbortSignal, pause: Pause = rest): Pace => {
  const turn = turns({ atATime: 1 });
  return (work) => {
    if (isLive()) return work();
    return turn.run(async () => {
      const startMs = performance.now();
      const done = await work();
      await pause(performance.now() - startMs, stop);
      return done;
    });
  };
};
