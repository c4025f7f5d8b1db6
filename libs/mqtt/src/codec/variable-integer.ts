/** The variable byte integer of MQTT (3.1.1, 2.2.3; 5, 1.5.5): one to four bytes of seven bits each. */

export const variableIntegerMax = 268_435_455;

/** In how few bytes it can be written, and has to be in MQTT 5 [MQTT-1.5.5-1]. */
export const variableIntegerBytes = (value: number): number => {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
};

/** Writes it at `at` and returns where it ends. */
export const writeVariableInteger = (target: Uint8Array, at: number, value: number): number => {
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    target[to] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    to += 1;
  }
  target[to] = rest;
  return to + 1;
};
