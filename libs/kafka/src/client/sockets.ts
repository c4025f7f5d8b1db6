/**
 * The sockets of one kafkajs client, so that it can be ended for certain. By itself kafkajs waits for answers that are
 * still due before it closes anything, forgets brokers whose connections are open, and connects again when somebody
 * whose request was under way tries once more.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

export type Sockets = {
  readonly factory: ISocketFactory;
  /** Ends all of them, and with them every request under way. From then on no other can be made. */
  destroy(): void;
  readonly destroyed: () => boolean;
  /** Settles when they are ended. */
  readonly gone: Promise<void>;
};

// Has no types; its shape is that of the pinned version.
const factoryUsual = createRequire(import.meta.url)('kafkajs/src/network/socketFactory') as () => ISocketFactory;

export const openSockets = (make: ISocketFactory = factoryUsual()): Sockets => {
  const open = new Set<Socket>();
  const gone = Promise.withResolvers<void>();
  let destroyed = false;
  return {
    factory(how) {
      if (destroyed) throw new Error('the client is closed');
      const socket = make(how);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    destroy() {
      destroyed = true;
      // With an error: kafkajs does not listen for an end that came without one, and would go on waiting.
      for (const socket of open) socket.destroy(new Error('the client is closed'));
      gone.resolve();
    },
    destroyed: () => destroyed,
    gone: gone.promise,
  };
};

/** How long a broker may take to answer a client that leaves it. One that is frozen never does. */
const patienceMs = 2_000;

/**
 * Ends a client in order if that can be done soon, and ends it in any case. Never rejects. kafkajs may try a few seconds
 * longer in vain to do what it was about.
 */
export const endClient = async (sockets: Sockets, disconnect: () => Promise<unknown>): Promise<void> => {
  const late = setTimeout(sockets.destroy, patienceMs);
  // Its user has a failure of its own to report; how a broken connection ends says nothing more.
  await Promise.race([disconnect().catch(() => undefined), sockets.gone]);
  clearTimeout(late);
  sockets.destroy();
};
