/** The sixteen bytes of each, in one piece of memory. @throws for what is no UUID. */
export const uuidBytes = (texts: readonly (string | undefined)[]): (Uint8Array | undefined)[] => {
  const all = new Uint8Array(texts.length * uuidLength);
  return texts.map((text, index) => {
    if (text === undefined) return undefined;
    const bytes = all.subarray(index * uuidLength, (index + 1) * uuidLength);
    fill(bytes, text);
    return bytes;
  });
};

const uuidLength = 16;

const fill = (bytes: Uint8Array, text: string): void => {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === hyphen) continue;
    const digit = digitOf[code] ?? none;
    if (digit === none || digits >= 2 * uuidLength)
      throw new TypeError(`${JSON.stringify(text.slice(0, 40))} is no UUID`);
    const byte = digits >> 1;
    bytes[byte] = ((bytes[byte] ?? 0) << 4) | digit;
    digits += 1;
  }
  if (digits !== 2 * uuidLength) throw new TypeError(`${JSON.stringify(text.slice(0, 40))} is no UUID`);
};

const hyphen = 0x2d;
const none = 255;

/** By the code of a character. */
const digitOf = new Uint8Array(128).fill(none);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digitOf[digit.charCodeAt(0)] = value;
