/** Keeps the broker hearing from us, and notices when nothing comes back. */
export type PingParts = {
  readonly send: () => void;
  /** Whether anything would be heard. While nothing is read, PINGRESP waits with everything else. */
  readonly mayHear: () => boolean;
  readonly silent: () => void;
};

export type Pings = {
  /** Something came. */
  heard(): void;
  /** From now on twice in every keepalive; the broker gives up after one and a half (MQTT 5, 3.1.2.10). */
  every(keepaliveMs: number): void;
  stop(): void;
};

export const pings = ({ send, mayHear, silent }: PingParts): Pings => {
  let heard = true;
  let asked = false;
  let timer: NodeJS.Timeout | undefined;
  const ping = (): void => {
    if (asked && !heard && mayHear()) {
      silent();
      return;
    }
    asked = mayHear();
    heard = false;
    send();
  };
  return {
    heard: () => {
      heard = true;
    },
    every: (keepaliveMs) => {
      clearInterval(timer);
      timer = setInterval(ping, keepaliveMs / 2);
    },
    stop: () => clearInterval(timer),
  };
};
