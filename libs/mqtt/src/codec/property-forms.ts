/** How values of properties look on the wire (MQTT 5, 1.5 and 2.2.2), and which values are allowed. */
import {
  type Cursor,
  protocolError,
  takeByte,
  takeBytes,
  takeFourBytes,
  takeText,
  takeTwoBytes,
  takeVariableInteger,
} from './cursor.ts';
import { topicTextProblem } from './names.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { reason } from './reason-codes.ts';
import { variableIntegerBytes, writeVariableInteger } from './variable-integer.ts';

export type Form<Value> = {
  /** @throws {ProtocolViolation} when it is malformed, or a value that is not allowed. */
  read(cursor: Cursor, what: string): Value;
  sizeOf(value: Value): number;
  /** Writes it at `at` and returns where it ends. */
  write(target: Buffer, at: number, value: Value): number;
};

export const bit: Form<0 | 1> = {
  read: (cursor, what) => {
    const value = takeByte(cursor, what);
    if (value !== 0 && value !== 1) throw protocolError(`${cursor.packet} whose ${what} is ${value}, not 0 or 1`);
    return value;
  },
  sizeOf: () => 1,
  write: (target, at, value) => target.writeUInt8(value, at),
};

export const twoBytes: Form<number> = {
  read: takeTwoBytes,
  sizeOf: () => 2,
  write: (target, at, value) => target.writeUInt16BE(value, at),
};

export const fourBytes: Form<number> = {
  read: takeFourBytes,
  sizeOf: () => 4,
  write: (target, at, value) => target.writeUInt32BE(value, at),
};

export const variableInteger: Form<number> = {
  read: takeVariableInteger,
  sizeOf: variableIntegerBytes,
  write: writeVariableInteger,
};

/** A number that may not be 0. */
export const nonZero = (form: Form<number>, code: number = reason.protocolError): Form<number> => ({
  ...form,
  read: (cursor, what) => {
    const value = form.read(cursor, what);
    if (value === 0) throw new ProtocolViolation(`${cursor.packet} whose ${what} is 0`, code);
    return value;
  },
});

export const binary: Form<Uint8Array> = {
  read: takeBytes,
  sizeOf: (value) => 2 + value.length,
  write: (target, at, value) => {
    target.writeUInt16BE(value.length, at);
    target.set(value, at + 2);
    return at + 2 + value.length;
  },
};

export const text: Form<string> = {
  read: takeText,
  sizeOf: (value) => 2 + Buffer.byteLength(value),
  write: (target, at, value) => {
    const length = target.write(value, at + 2);
    target.writeUInt16BE(length, at);
    return at + 2 + length;
  },
};

/** [MQTT-3.3.2-14], and 3.1.3.2 for a will. */
export const topicName: Form<string> = {
  ...text,
  read: (cursor, what) => {
    const name = takeText(cursor, what);
    const problem = topicTextProblem(name);
    if (problem !== undefined) throw protocolError(`${cursor.packet} whose ${what} is none: ${problem}`);
    return name;
  },
};
