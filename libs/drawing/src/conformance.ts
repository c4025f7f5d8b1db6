/**
 * What is known of a file that was read back before it is offered: that it holds what was drawn, and nothing else. The reader is
 * another program than the writer, so what both get wrong in the same way is all that is missed.
 */
import { type Bounds, boundsOf } from './bounds.ts';
import { type Counts, countsOf } from './counts.ts';
import { differences } from './differences.ts';
import type { Shape } from './drawing.ts';

/** Travels with the file. All of it but the digest is of what was found in the file. */
export type Conformance = {
  readonly format: string;
  /** Of the format, as the file says it. */
  readonly version: string;
  readonly entities: Counts;
  /** Absent: nothing is drawn. */
  readonly extents?: Bounds;
  readonly layers: readonly string[];
  /** Of the bytes, in hex. */
  readonly sha256: string;
};

export type Certificate = {
  /** Sentences. The file is fit to be offered when there is none. */
  readonly problems: readonly string[];
  /** Absent: it could not be read. */
  readonly conformance?: Conformance;
};

/** The bytes are no file of this format as it is written here. Its message says where it stops being one. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export type Found = {
  readonly version: string;
  readonly shapes: readonly Shape[];
  readonly layers: readonly string[];
};

export type Certified<Read extends Found> = {
  readonly format: string;
  readonly sha256: string;
  /** The digest of what the writer wrote, where it is known: a byte that means nothing is one that must not change either. */
  readonly written: string | undefined;
  /** What the file must hold, as far as the format can hold it. */
  readonly expected: readonly Shape[];
  readonly layers: readonly string[];
  /** What the format rounds to, in millimetres. */
  readonly tolerance: number;
  /** @throws Unreadable */
  readonly read: () => Read;
  /** What else must be so: units, version, scale. Sentences. */
  readonly check: (found: Read) => readonly string[];
};

export const certify = <Read extends Found>(file: Certified<Read>): Certificate => {
  const changed =
    file.written === undefined || file.written === file.sha256
      ? []
      : [`is not what was written: its SHA-256 is ${file.sha256}, and not ${file.written}`];
  const found = readOrRefusal(file.read);
  if (typeof found === 'string') return { problems: [...changed, `cannot be read: ${found}`] };
  const extents = boundsOf(found.shapes);
  return {
    problems: [
      ...changed,
      ...layerProblems(file.layers, found.layers),
      ...file.check(found),
      ...differences(file.expected, found.shapes, file.tolerance),
    ],
    conformance: {
      format: file.format,
      version: found.version,
      entities: countsOf(found.shapes),
      ...(extents === undefined ? {} : { extents }),
      layers: found.layers,
      sha256: file.sha256,
    },
  };
};

const readOrRefusal = <Read>(read: () => Read): Read | string => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
};

const layerProblems = (expected: readonly string[], found: readonly string[]): readonly string[] =>
  expected.join() === found.join()
    ? []
    : [`has the layers ${found.join(', ') || '(none)'}, and not ${expected.join(', ') || '(none)'}`];
