/**
 * Says in the log which clients did not sign in as nodes, let in or not, so that a site can see which of its devices would be
 * refused. These appends are no messages: nobody waits for them, and signing in does not.
 */
import { ClientRefused, type ClientRefusedData, nodeIdProblem } from '@plenum/device';
import { type Clock, type EventCodec, type Log, type Logger, systemTimer, type Timer } from '@plenum/runtime';
import { idsInOrder } from './new-id.ts';
import type { Observation } from './presence-events.ts';
import { defaultPresenceLimits, type PresenceCounts, type PresenceLimits, presenceSender } from './presence-sender.ts';
import {
  type CountedRefusal,
  defaultRefusalLimits,
  type Refusal,
  type RefusalLimits,
  refusalThrottle,
} from './refusal-throttle.ts';

export type RefusalReporterParts = {
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  /** What this bridge is called in the events. */
  readonly replica: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timer?: Timer;
  readonly limits?: Partial<RefusalLimits & PresenceLimits>;
};

export type RefusalCounts = PresenceCounts & {
  /** Refusals that no event counts, since too many other clients came. */
  readonly unreported: number;
};

export type RefusalReporter = {
  /** A client did not sign in. Returns at once and never throws. */
  refused(refusal: Refusal): void;
  counts(): RefusalCounts;
  /** Takes no more, and settles when the log has what was refused, or when it took too long. To be called when nobody signs in any more. */
  close(): Promise<void>;
  /** Settles with `close`; rejects with what is not a transient failure: a bug, and nothing to wait for. */
  readonly finished: Promise<void>;
};

/**
 * Goes to `deviceAccess` as `onRefused: reporter.refused`; like the reporter of presence it is closed after the source of messages,
 * and the bridge ends when `finished` rejects.
 */
export const refusalReporter = (parts: RefusalReporterParts): RefusalReporter => {
  const { replica, clock, timer = systemTimer } = parts;
  const limits = { ...defaultPresenceLimits, ...defaultRefusalLimits, ...parts.limits };
  const throttle = refusalThrottle(limits);
  // Its own: however many are refused, who is connected is not kept waiting, and gives way to none of it.
  const sender = presenceSender({ ...parts, timer, newId: idsInOrder(), limits });
  let alarm: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let isClosed = false;

  const report = (): void => {
    for (const refusal of throttle.take(timer.nowMs())) sender.add(clientRefused(refusal, replica));
    const atMs = throttle.nextMs();
    if (atMs === undefined || (alarm !== undefined && alarm.atMs <= atMs)) return;
    alarm?.cancel();
    const ring = (): void => {
      alarm = undefined;
      report();
    };
    alarm = { atMs, cancel: timer.after(Math.max(0, atMs - timer.nowMs()), ring) };
  };

  return {
    refused: (refusal) => {
      if (isClosed) return;
      throttle.add(refusal, clock.nowUs());
      report();
    },
    counts: () => ({ ...sender.counts(), unreported: throttle.unreported() }),
    close: async () => {
      isClosed = true;
      alarm?.cancel();
      for (const refusal of throttle.takeAll()) sender.add(clientRefused(refusal, replica));
      await sender.close();
    },
    finished: sender.finished,
  };
};

const clientRefused = ({ last, atUs, count }: CountedRefusal, replica: string): Observation => {
  const { clientId, nodeId, code, why, admitted } = last;
  // A stranger may say anything, of any length.
  const isNamed = nodeId !== undefined && nodeIdProblem(nodeId) === undefined;
  const data: ClientRefusedData = {
    ...{ client_id: clientId, node_id: isNamed ? nodeId : undefined, code, why, admitted },
    ...{ replica, count },
  };
  return { type: ClientRefused.type, effectiveTimeUs: atUs, data };
};
