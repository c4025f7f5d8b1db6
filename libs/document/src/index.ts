export { document } from './domain.ts';
export type { ExportAsked, NewExport } from './exports/asked.ts';
export { judgeExport } from './exports/asked.ts';
export { expireExport, failExport, finishExport, requestExport } from './exports/export-commands.ts';
export { exportStream } from './exports/export-events.ts';
export { type FailureCode, type Finished, slotsMax } from './exports/export-rules.ts';
export { documentSchema } from './exports/export-work.ts';
export {
  type AsOf,
  asOfGiven,
  type ExportPosition,
  type PositionJson,
  positionJson,
  positionOfJson,
  positionText,
} from './exports/position.ts';
export { type ExportFileShown, type ExportWorkReads, exportWorkReads } from './exports/reads.ts';
export { askForExport } from './exports/request.ts';
export { expectAllowed } from './routes/expect-allowed.ts';
export { fileAnswers, handOut, visibleExport } from './routes/hand-out.ts';
export type { DocumentReads, DocumentServices } from './services.ts';
