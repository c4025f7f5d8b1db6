/**
 * A schema compiled for reading what a log holds: texts that repeat are found instead of made. avsc lets types be put in the
 * place of its own.
 */
import type { AvroSchema } from '@plenum/event';
import { repeatedTexts } from '@plenum/runtime';
import avro from 'avsc';

/** What avsc's types read from. */
type Tap = { readonly buf: Buffer; pos: number; readLong(): number; readString(): string };

export const compiledForReading = (schema: AvroSchema): avro.Type =>
  // Our schemas are JSON read from files; avsc's own type for them is a union it cannot infer from JSON.
  avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never', typeHook });

const typeHook = (schema: unknown): avro.Type | undefined => (schema === 'string' ? textType() : undefined);

/** A type for each field: the texts of one repeat, those of another do not. */
const textType = (): avro.Type => {
  const read = repeatedTexts();
  // avsc hands `_read` to resolvers without its type: it must not ask for `this`.
  class TextType extends avro.types.StringType {
    _read(tap: Tap): string {
      const lengthAt = tap.pos;
      const length = tap.readLong();
      const from = tap.pos;
      const to = from + length;
      if (length < 0 || to > tap.buf.length) {
        tap.pos = lengthAt;
        return tap.readString(); // It knows how to say what is wrong.
      }
      tap.pos = to;
      return read(tap.buf, from, to);
    }
  }
  return new TextType();
};
