/**
 * One SHA-256 for all values of a column, in their order: computed of what is written, kept in the file beside the rows, and
 * computed once more of what is read. It does not depend on how a value is encoded, so a file that says something else than
 * was written has another.
 *
 * For each row group it takes a byte for each row (1, or 0 for NULL), then the values that are there: numbers, integers and
 * times as eight bytes (a double, or an integer of 64 bits, little endian), booleans as one byte, all others as UTF-8 with a
 * zero byte behind each.
 */
import { createHash } from 'node:crypto';

export type ColumnDigest = {
  /** The next row group. */
  add(values: Values): void;
  nulls(): number;
  /** In hex. To be asked for once. */
  digest(): string;
};

export type Values =
  | Float64Array
  | BigInt64Array
  | Int32Array
  | readonly (string | number | bigint | boolean | undefined | null)[];

export const columnDigest = (): ColumnDigest => {
  const hash = createHash('sha256');
  let nulls = 0;
  return {
    add: (values) => {
      const { presence, present } = parted(values);
      nulls += values.length - present.length;
      hash.update(presence);
      hash.update(bytesOf(present));
    },
    nulls: () => nulls,
    digest: () => hash.digest('hex'),
  };
};

const parted = (values: Values): { readonly presence: Uint8Array; readonly present: Values } => {
  const presence = new Uint8Array(values.length).fill(1);
  if (!Array.isArray(values)) return { presence, present: values };
  const list = values as Extract<Values, readonly unknown[]>; // Array.isArray does not narrow a readonly list.
  let isWhole = true;
  for (let index = 0; index < list.length; index += 1) {
    if (list[index] !== undefined && list[index] !== null) continue;
    presence[index] = 0;
    isWhole = false;
  }
  return { presence, present: isWhole ? list : list.filter((value) => value !== undefined && value !== null) };
};

const bytesOf = (present: Values): Uint8Array | string => {
  if (present instanceof Int32Array) return bytesIn(Float64Array.from(present));
  if (present instanceof Float64Array || present instanceof BigInt64Array) return bytesIn(present);
  switch (typeof present[0]) {
    case 'number':
      return bytesIn(Float64Array.from(present as readonly number[])); // A column has values of one type.
    case 'bigint':
      return bytesIn(BigInt64Array.from(present as readonly bigint[]));
    case 'boolean':
      return Uint8Array.from(present, Number);
    default:
      // No text has a zero in it: PostgreSQL holds none.
      return present.length === 0 ? '' : `${present.join('\0')}\0`;
  }
};

const bytesIn = ({ buffer, byteOffset, byteLength }: Float64Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
