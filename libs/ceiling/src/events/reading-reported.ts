import { defineEvent } from '@plenum/event';
import { type ReadingReportedV1, readingReportedV1 } from '../generated/schemas.ts';
import { readingsTopic } from '../topics.ts';

/** A sensor said what it measured. */
export type ReadingReportedData = ReadingReportedV1;

export const ReadingReported = defineEvent<ReadingReportedData>()({
  topic: readingsTopic.name,
  key: ({ sensor_id }) => sensor_id, // One sensor, one partition: "latest" and the minutes are fed by one writer.
  schemas: [readingReportedV1],
});
