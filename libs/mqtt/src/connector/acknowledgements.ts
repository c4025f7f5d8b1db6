/** What goes back to the broker: packets of four bytes, gathered while a turn lasts and written at once. */

/** Packet types with their flags (MQTT 5, 2.1.2), as the first byte of a packet. */
export const acknowledgement = { puback: 0x40, pubrec: 0x50, pubcomp: 0x70 } as const;

export type Acknowledgements = {
  /**
   * A packet without a reason code, which stands for success (MQTT 5, 3.4.2.1) and is the same in 3.1.1. They leave in
   * the order of these calls.
   */
  add(kind: keyof typeof acknowledgement, packetId: number): void;
};

export const acknowledgements = (write: (bytes: Uint8Array) => void): Acknowledgements => {
  let waiting: number[] = [];
  const flush = (): void => {
    const bytes = Buffer.allocUnsafe(waiting.length * 4);
    for (const [index, packet] of waiting.entries()) bytes.writeUInt32BE(packet, index * 4);
    waiting = [];
    write(bytes);
  };
  return {
    add: (kind, packetId) => {
      // First byte, a remaining length of two, the packet id.
      if (waiting.push(acknowledgement[kind] * 0x1_00_00_00 + 0x2_00_00 + packetId) === 1) queueMicrotask(flush);
    },
  };
};
