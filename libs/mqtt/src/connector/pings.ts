/**
 * Keeps the broker hearing from us, and notices when it is gone. Silence alone does not say so: a broker that writes its
 * store or whose machine is busy answers late, and when it is left then it sends everything again.
 */
import type { ConnectorLimits } from './connector-limits.ts';

export type PingParts = {
  readonly limits: Pick<ConnectorLimits, 'pingMs' | 'silentMs'>;
  readonly send: () => void;
  /** Whether anything would be heard. While nothing is read, PINGRESP waits with everything else. */
  readonly mayHear: () => boolean;
  readonly silent: () => void;
};

export type Pings = {
  /** Bytes came, of whatever packet. */
  heard(): void;
  /** The broker gives up after one and a half of these without a packet of ours (MQTT 5, 3.1.2.10). */
  every(keepaliveMs: number): void;
  stop(): void;
};

/**
 * Silence is counted in pings that nothing followed, not in time: a process that was stopped itself finds one ping
 * overdue when it wakes, and what the broker sent meanwhile still unread.
 */
export const pings = ({ limits, send, mayHear, silent }: PingParts): Pings => {
  let periodMs = limits.pingMs;
  let unheard = 0;
  let timer: NodeJS.Timeout | undefined;
  const ping = (): void => {
    if (unheard * periodMs >= limits.silentMs && mayHear()) {
      silent();
      return;
    }
    unheard = mayHear() ? unheard + 1 : 0;
    send();
  };
  return {
    heard: () => {
      unheard = 0;
    },
    every: (keepaliveMs) => {
      clearInterval(timer);
      periodMs = Math.min(limits.pingMs, keepaliveMs / 2);
      timer = setInterval(ping, periodMs);
    },
    stop: () => clearInterval(timer),
  };
};
