/** Who may connect to the MQTT listener, as the settings say, kept up with what is decided about nodes. */
import { isIPv4 } from 'node:net';
import type { AuthorizedNodeReads } from '@plenum/device';
import type { Access } from '@plenum/mqtt';
import {
  backOff,
  type ListenedChannel,
  type Listening,
  type Logger,
  pause,
  retryUntilStopped,
  systemTimer,
  untilInStepMs,
} from '@plenum/runtime';
import { type AccessCounts, type DeviceAccess, deviceAccess } from './device-access.ts';
import type { RefusedClient } from './refused-client.ts';

/** `openAuthorizedNodes` of the assembly. */
export type AuthorizedNodes = {
  readonly reads: AuthorizedNodeReads;
  /** Hears the id of each node that something was decided about. */
  listen(channel: Pick<ListenedChannel, 'hear' | 'begun'>): Listening;
};

export type ListenerAccessParts = {
  readonly config: AnonymousSettings;
  /** May be left out where nobody is asked who they are. */
  readonly nodes: AuthorizedNodes | undefined;
  readonly logger: Logger;
  readonly onRefused?: ((refused: RefusedClient) => void) | undefined;
  /** How often it is looked for decisions that were not notified. */
  readonly lookEveryMs?: number;
};

export type ListenerAccess = {
  /** `undefined`: everybody may do everything. */
  readonly access: Access | undefined;
  readonly counts: (() => AccessCounts) | undefined;
  close(): Promise<void>;
};

export type AnonymousSettings = { readonly MQTT_HOST: string; readonly MQTT_ANONYMOUS?: boolean | undefined };

/** Whether clients that do not sign in are let in; unless it is said, where nobody but this machine reaches the listener. */
export const isAnonymous = ({ MQTT_HOST: host, MQTT_ANONYMOUS: said }: AnonymousSettings): boolean =>
  said ?? isLoopback(host);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** @throws where devices have to sign in and there is nothing to check them against. */
export const listenerAccess = (parts: ListenerAccessParts): ListenerAccess => {
  const { config, nodes, logger, onRefused, lookEveryMs = 1_000 } = parts;
  const anonymous = isAnonymous(config);
  if (anonymous && !isLoopback(config.MQTT_HOST)) {
    logger.warn({ host: config.MQTT_HOST }, 'MQTT is open to everybody who reaches it: MQTT_ANONYMOUS');
  }
  if (nodes === undefined) {
    if (!anonymous) throw new Error('the MQTT listener was given no table of nodes');
    return { access: undefined, counts: undefined, close: () => Promise.resolve() };
  }
  const { reads } = nodes;
  const guard = deviceAccess({ reads, anonymous, logger, timer: systemTimer, ...(onRefused && { onRefused }) });
  const stopping = new AbortController();
  const listening = nodes.listen({
    // What could not be read at once is looked for with what was not heard.
    hear: (nodeId) => void guard.changed(nodeId).catch(() => undefined),
    begun: () => undefined,
  });
  const looking = lookForDecisions({ reads, guard, logger, lookEveryMs }, stopping.signal);
  const close = async (): Promise<void> => {
    stopping.abort();
    await listening.close();
    await looking;
  };
  return { access: guard.access, counts: guard.counts, close };
};

type Looking = {
  readonly reads: AuthorizedNodeReads;
  readonly guard: Pick<DeviceAccess, 'changed'>;
  readonly logger: Logger;
  readonly lookEveryMs: number;
};

/** A notification is a hint: with none, what was decided holds for connections that are open a second later. */
const lookForDecisions = async ({ reads, guard, logger, lookEveryMs }: Looking, stop: AbortSignal): Promise<void> => {
  let seen: string | undefined;
  const look = async (): Promise<void> => {
    const mark = await reads.mark();
    if (mark === seen) return;
    await guard.changed();
    seen = mark;
  };
  while (!stop.aborted) {
    await retryUntilStopped(look, {
      ...{ logger, fields: {} },
      waiting: 'it cannot be seen what was decided about nodes: those that are connected stay',
      again: 'what is decided about nodes is seen again',
      ...{ wait: backOff(500, 1_000), stop, isRetried: () => true },
    });
    await pause(untilInStepMs(lookEveryMs), stop);
  }
};
