/** Adds up the time in which at least one of several things that overlap is under way. */
export type BusyClock = {
  begin(): void;
  end(): void;
  /** Until now, in milliseconds. */
  busyMs(): number;
};

export const busyClock = (nowMs: () => number = () => performance.now()): BusyClock => {
  let underWay = 0;
  let sinceMs = 0;
  let endedMs = 0;
  return {
    begin() {
      if (underWay === 0) sinceMs = nowMs();
      underWay += 1;
    },
    end() {
      underWay -= 1;
      if (underWay === 0) endedMs += nowMs() - sinceMs;
    },
    busyMs: () => endedMs + (underWay > 0 ? nowMs() - sinceMs : 0),
  };
};
