/** The variable byte integer of MQTT (3.1.1, 2.2.3; 5, 1.5.5): at most four bytes of seven bits each. */
import { ProtocolViolation } from '../codec/protocol-violation.ts';
import { reason } from '../codec/reason-codes.ts';

export type VariableInteger = { readonly value: number; readonly endsAt: number };

/**
 * Reads the integer at `at`; `undefined` when `end` comes first.
 * @param name for the message when it is malformed.
 * @throws {ProtocolViolation} when it has more than four bytes.
 */
export const variableInteger = (
  bytes: Uint8Array,
  at: number,
  end: number,
  name = 'variable byte integer',
): VariableInteger | undefined => {
  let value = 0;
  let unit = 1;
  for (let index = at; index < at + 4; index += 1) {
    if (index >= end) return undefined;
    const digit = bytes[index] ?? 0;
    value += (digit & 0x7f) * unit;
    if (digit < 0x80) return { value, endsAt: index + 1 };
    unit *= 128;
  }
  throw new ProtocolViolation(`malformed ${name}`, reason.malformedPacket);
};
