/** Packets of MQTT 3.1.1 as a device reads them: cut out of the bytes of a connection, however those come. */

export type PacketReader = {
  /** Calls back with every packet that these bytes complete. */
  read(bytes: Buffer): void;
};

/** `first` has the kind of packet and its flags; `body` is what follows the length, and stays as it is for this call alone. */
export const packetReader = (came: (first: number, body: Buffer) => void): PacketReader => {
  let held: Buffer = Buffer.alloc(0);
  return {
    read: (bytes) => {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      let at = 0;
      for (let found = cutAt(all, at); found !== undefined; found = cutAt(all, at)) {
        came(all[at] as number, all.subarray(found.from, found.end)); // It was there to be cut.
        at = found.end;
      }
      held = Buffer.from(all.subarray(at));
    },
  };
};

/** Where the packet at this place has its body; `undefined` while it is not whole. */
const cutAt = (bytes: Buffer, at: number): { readonly from: number; readonly end: number } | undefined => {
  let length = 0;
  for (let digit = 0; digit < 4; digit += 1) {
    const byte = bytes[at + 1 + digit];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) << (7 * digit);
    if (byte >= 0x80) continue;
    const from = at + 2 + digit;
    return from + length > bytes.length ? undefined : { from, end: from + length };
  }
  throw new Error('a packet whose length is none');
};

export type Published = { readonly packetId: number; readonly payload: Buffer };

/** @throws on a PUBLISH that is not of QoS 1. */
export const publishedIn = (first: number, body: Buffer): Published => {
  if ((first & 0xf6) !== 0x32) throw new Error(`a packet that begins with ${first} where a PUBLISH of QoS 1 is due`);
  const after = 2 + body.readUInt16BE(0);
  return { packetId: body.readUInt16BE(after), payload: body.subarray(after + 2) };
};
