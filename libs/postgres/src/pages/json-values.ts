/**
 * Values as JSON, from PostgreSQL's texts of them. They are copied byte by byte: most are so short that calling out of the
 * engine for each of them takes longer.
 */

/** JSON that is being written. */
export type Target = {
  bytes: Buffer;
  /** Where the next byte goes. The writer of values has seen to it that as many fit as they have, and `moreMax` more each. */
  at: number;
  /** Bytes that are to be free after a text that took more than its own, for what was seen to before. */
  reserve: number;
};

/** Writes the value whose text is in `bytes` from `from` up to but without `to`. */
export type WriteValue = (target: Target, bytes: Buffer, from: number, to: number) => void;

/** How much longer a value may become, but for escapes: 22 bytes of a time without a fraction are 29. */
export const moreMax = 7;

const stepBytesMax = 1_048_576;

/** Sees to it that so many bytes fit. */
export const ensure = (target: Target, bytes: number): void => {
  const wanted = target.at + bytes;
  if (wanted <= target.bytes.length) return;
  const { length } = target.bytes;
  // What is large grows by less than itself: it is held until a client has taken it.
  const grown = Buffer.allocUnsafe(Math.max(wanted, Math.min(2 * length, length + stepBytesMax)));
  target.bytes.copy(grown, 0, 0, target.at);
  target.bytes = grown;
};

const quote = 0x22; // "
const backslash = 0x5c; // \
const space = 0x20;
const plus = 0x2b; // +
const minus = 0x2d; // -
const dot = 0x2e; // .
const zero = 0x30; // 0
const nine = 0x39; // 9

/** As it stands, such as a JSON document. */
export const writeAsIs: WriteValue = (target, bytes, from, to) => {
  const into = target.bytes;
  let at = target.at;
  if (to - from > 256) {
    bytes.copy(into, at, from, to);
    at += to - from;
  } else for (let index = from; index < to; index += 1) into[at++] = bytes[index] as number;
  target.at = at;
};

/** Text that has nothing to escape in it, such as a UUID. */
export const writePlain: WriteValue = (target, bytes, from, to) => {
  target.bytes[target.at++] = quote;
  writeAsIs(target, bytes, from, to);
  target.bytes[target.at++] = quote;
};

export const writeText: WriteValue = (target, bytes, from, to) => {
  const into = target.bytes;
  let at = target.at;
  into[at++] = quote;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] as number;
    if (byte < space || byte === quote || byte === backslash) return writeEscaped(target, bytes, from, to);
    into[at++] = byte;
  }
  into[at++] = quote;
  target.at = at;
};

/** Rare, and so by the engine's own function: all of the text once more. */
const writeEscaped: WriteValue = (target, bytes, from, to) => {
  const json = JSON.stringify(bytes.toString('utf8', from, to));
  const length = Buffer.byteLength(json);
  ensure(target, length + target.reserve);
  target.at += target.bytes.write(json, target.at);
};

/**
 * Only what JSON has no number for is not written as it stands: NaN and infinities are null, and minus zero is zero. A number
 * beyond every double keeps its digits, where an object would hold infinity and show null.
 */
export const writeNumber: WriteValue = (target, bytes, from, to) => {
  const isNegative = bytes[from] === minus;
  const first = bytes[isNegative ? from + 1 : from] as number;
  if (first < zero || first > nine) return writeNull(target);
  const isMinusZero = isNegative && to - from === 2 && first === zero;
  writeAsIs(target, bytes, isMinusZero ? from + 1 : from, to);
};

/** As `utcText` says, without making the text. */
export const writeTime: WriteValue = (target, bytes, from, to) => {
  const length = to - from;
  const isShort = bytes[from + dateEnd] === space && length >= secondsEnd + zoneBytes && length <= lengthMax;
  if (!isShort || bytes[to - 3] !== plus || bytes[to - 2] !== zero || bytes[to - 1] !== zero) {
    return writeText(target, bytes, from, to);
  }
  const into = target.bytes;
  let at = target.at;
  into[at++] = quote;
  for (let index = from; index < from + secondsEnd; index += 1) into[at++] = bytes[index] as number;
  into[at - secondsEnd + dateEnd] = 0x54; // T
  into[at++] = dot;
  const fractionEnd = at + 6;
  for (let index = from + secondsEnd + 1; index < to - zoneBytes; index += 1) into[at++] = bytes[index] as number;
  while (at < fractionEnd) into[at++] = zero;
  into[at++] = 0x5a; // Z
  into[at++] = quote;
  target.at = at;
};

const dateEnd = 10;
const secondsEnd = 19;
const zoneBytes = 3;
const lengthMax = 29;

const nullBytes = Buffer.from('null');
const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

export const writeNull = (target: Target): void => writeAsIs(target, nullBytes, 0, nullBytes.length);

export const writeBoolean: WriteValue = (target, bytes, from) => {
  const written = bytes[from] === 0x74 ? trueBytes : falseBytes; // t
  writeAsIs(target, written, 0, written.length);
};

/** Of a type that is not written from its bytes: as JSON.stringify writes what its text becomes. */
export const writeThrough =
  (parse: (text: string) => unknown): WriteValue =>
  (target, bytes, from, to) => {
    const json: string | undefined = JSON.stringify(parse(bytes.toString('utf8', from, to)));
    if (json === undefined) return writeNull(target);
    ensure(target, Buffer.byteLength(json) + target.reserve);
    target.at += target.bytes.write(json, target.at);
  };
