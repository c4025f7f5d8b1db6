// Made from `schemas/document` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema } from '@plenum/event';

/** The file is handed out no more, and removed; of one that was not made yet: it will not be. */
export type ExportExpiredV1 = {
  /** UUID. */
  readonly export_id: string;
  /** Who ended it: an identity's id, or `plenum`, because its time was over. */
  readonly by: string;
};

/** `schemas/document/export-expired.v1.avsc` */
export const exportExpiredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.document',
  name: 'ExportExpired',
  doc: 'The file is handed out no more, and removed; of one that was not made yet: it will not be.',
  fields: [
    {
      name: 'export_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who ended it: an identity's id, or `plenum`, because its time was over.",
    },
  ],
};

/** There will be no file, and nobody tries again. */
export type ExportFailedV1 = {
  /** UUID. */
  readonly export_id: string;
  /** For programs: not-found, not-possible, too-large, not-certified, gave-up. */
  readonly code: string;
  /** A sentence for people. */
  readonly reason: string;
};

/** `schemas/document/export-failed.v1.avsc` */
export const exportFailedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.document',
  name: 'ExportFailed',
  doc: 'There will be no file, and nobody tries again.',
  fields: [
    {
      name: 'export_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'For programs: not-found, not-possible, too-large, not-certified, gave-up.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: 'A sentence for people.',
    },
  ],
};

/** The file is there, whole, and was read back. */
export type ExportFinishedV1 = {
  /** UUID. */
  readonly export_id: string;
  /** Its name in storage. */
  readonly file: string;
  /** What it is called where it is handed out. */
  readonly file_name: string;
  /** Of its content. */
  readonly media_type: string;
  /** How long it is. */
  readonly bytes: number;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly digest: string;
  /** How many it holds; null: it is a document. */
  readonly rows: number | undefined;
  /** What it is as of: next offsets by partition for each topic, as a JSON object. */
  readonly position: string;
  /** When the last event before that position was recorded; 1970 when there was none. */
  readonly position_time: number;
  /** What a reader that shares no code with the writer found in it, as a JSON object. */
  readonly conformance: string;
  /** From then on it is handed out no more, and removed. */
  readonly expires_at: number;
};

/** `schemas/document/export-finished.v1.avsc` */
export const exportFinishedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.document',
  name: 'ExportFinished',
  doc: 'The file is there, whole, and was read back.',
  fields: [
    {
      name: 'export_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'file',
      type: 'string',
      doc: 'Its name in storage.',
    },
    {
      name: 'file_name',
      type: 'string',
      doc: 'What it is called where it is handed out.',
    },
    {
      name: 'media_type',
      type: 'string',
      doc: 'Of its content.',
    },
    {
      name: 'bytes',
      type: 'long',
      doc: 'How long it is.',
    },
    {
      name: 'digest',
      type: 'string',
      doc: 'SHA-256 of its bytes, 64 hexadecimal digits.',
    },
    {
      name: 'rows',
      type: ['null', 'long'],
      default: null,
      doc: 'How many it holds; null: it is a document.',
    },
    {
      name: 'position',
      type: 'string',
      doc: 'What it is as of: next offsets by partition for each topic, as a JSON object.',
    },
    {
      name: 'position_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'When the last event before that position was recorded; 1970 when there was none.',
    },
    {
      name: 'conformance',
      type: 'string',
      doc: 'What a reader that shares no code with the writer found in it, as a JSON object.',
    },
    {
      name: 'expires_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'From then on it is handed out no more, and removed.',
    },
  ],
};

/** Somebody asked for a file, and it will be made. */
export type ExportRequestedV1 = {
  /** UUID. */
  readonly export_id: string;
  /** Whose export it is, and whose things may be in it. */
  readonly organisation: string;
  /** What of, such as `readings`. */
  readonly kind: string;
  /** What the file is, such as `csv`; also how its name ends. */
  readonly format: string;
  /** What else was asked for, as a JSON object: filters, from, to, as_of, options. */
  readonly asked: string;
  /** Which of the exports that one user may have at a time it is. */
  readonly user_slot: number;
  /** Which of those that the organisation may have at a time it is. */
  readonly organisation_slot: number;
  /** Who asked: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/document/export-requested.v1.avsc` */
export const exportRequestedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.document',
  name: 'ExportRequested',
  doc: 'Somebody asked for a file, and it will be made.',
  fields: [
    {
      name: 'export_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'organisation',
      type: 'string',
      doc: 'Whose export it is, and whose things may be in it.',
    },
    {
      name: 'kind',
      type: 'string',
      doc: 'What of, such as `readings`.',
    },
    {
      name: 'format',
      type: 'string',
      doc: 'What the file is, such as `csv`; also how its name ends.',
    },
    {
      name: 'asked',
      type: 'string',
      doc: 'What else was asked for, as a JSON object: filters, from, to, as_of, options.',
    },
    {
      name: 'user_slot',
      type: 'int',
      doc: 'Which of the exports that one user may have at a time it is.',
    },
    {
      name: 'organisation_slot',
      type: 'int',
      doc: 'Which of those that the organisation may have at a time it is.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who asked: an identity's id, or the name of a part of Plenum.",
    },
  ],
};
