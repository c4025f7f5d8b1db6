/** Frames of Server-Sent Events as a client that has little time reads them: cut out of the bytes of an answer, however those come. */

export type FrameReader = {
  /** Calls back with every frame that these bytes complete. */
  read(bytes: Buffer): void;
};

/** Each without the empty line at its end; it stays as it is for this call alone. */
export const frameReader = (came: (frame: Buffer) => void): FrameReader => {
  let held: Buffer = Buffer.alloc(0);
  return {
    read: (bytes) => {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      let at = 0;
      for (let end = all.indexOf(frameEnd); end !== -1; end = all.indexOf(frameEnd, at)) {
        came(all.subarray(at, end));
        at = end + frameEnd.length;
      }
      held = Buffer.from(all.subarray(at));
    },
  };
};

const frameEnd = Buffer.from('\n\n');

/** What a frame is called; `undefined` of one that dispatches nothing. */
export const eventIn = (frame: Buffer): string | undefined => {
  const at = frame.indexOf(eventField);
  if (at === -1 || (at > 0 && frame[at - 1] !== lineEnd)) return undefined;
  const from = at + eventField.length;
  return frame.toString('latin1', from, frame.indexOf(lineEnd, from));
};

/** Before it there is an `id` at most. */
const eventField = Buffer.from('event: ');
const lineEnd = 0x0a;

/** The whole number that the data of a reading have as their value. @throws where there is none. */
export const valueIn = (frame: Buffer): number => {
  let at = frame.indexOf(valueField);
  if (at === -1) throw new Error(`no value in ${frame.toString()}`);
  let value = 0;
  for (at += valueField.length; isDigit(frame[at]); at += 1) value = value * 10 + (frame[at] as number) - zero; // A digit.
  return value;
};

const valueField = Buffer.from('"value":');
const zero = 0x30;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= zero + 9;
