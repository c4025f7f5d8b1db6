/**
 * QoS 2 messages between their PUBLISH and their PUBREL. Aedes asks for permission to publish before it looks whether
 * it has seen a packet id, so a PUBLISH that is sent again would be recorded again; here it is recognised.
 */
export type Qos2Window = {
  /**
   * A PUBLISH arrived. The first copy gets a handle to report how it ended. For any other it is `undefined`, and
   * `waiter` hears how the first one ends.
   */
  arrived(clientId: string, packetId: number, waiter: Ending): Ending | undefined;
  /** PUBREL: the packet id is free. */
  released(clientId: string, packetId: number): void;
  /** The session ended, or began anew. */
  cleaned(clientId: string): void;
};

/** `safe`: it is in the log. `lost`: it was given up, and the next copy counts as the first. */
export type Ending = { readonly safe: () => void; readonly lost: () => void };

type Message = { state: 'in hand' | 'safe'; readonly waiters: Ending[] };

export const qos2Window = (): Qos2Window => {
  const clients = new Map<string, Map<number, Message>>();

  const remove = (clientId: string, packetId: number): void => {
    const messages = clients.get(clientId);
    messages?.delete(packetId);
    if (messages?.size === 0) clients.delete(clientId);
  };

  const endings = (clientId: string, packetId: number, message: Message): Ending => ({
    safe: () => {
      message.state = 'safe';
      for (const waiter of message.waiters.splice(0)) waiter.safe();
    },
    lost: () => {
      // Not if the id has been released and used again since.
      if (clients.get(clientId)?.get(packetId) === message) remove(clientId, packetId);
      for (const waiter of message.waiters.splice(0)) waiter.lost();
    },
  });

  return {
    arrived: (clientId, packetId, waiter) => {
      const messages = clients.get(clientId) ?? new Map<number, Message>();
      const known = messages.get(packetId);
      if (known === undefined) {
        const message: Message = { state: 'in hand', waiters: [] };
        clients.set(clientId, messages.set(packetId, message));
        return endings(clientId, packetId, message);
      }
      if (known.state === 'safe') queueMicrotask(waiter.safe);
      else known.waiters.push(waiter);
      return undefined;
    },
    released: remove,
    cleaned: (clientId) => {
      clients.delete(clientId);
    },
  };
};
