/** What can be asked for about exports, as the commands that `handleCommand` takes. */
import { type Actor, type Command, command } from '@plenum/event';
import { exportStream } from './export-events.ts';
import { type ExportCommand, exportRules, type FailureCode, type Finished } from './export-rules.ts';

type Asked = Omit<Extract<ExportCommand, { readonly do: 'request' }>, 'do'>;

/** A new export. Its slots are of those that are free; refused with `exists` where somebody else took one meanwhile. */
export const requestExport = (asked: Asked): Command => ({
  ...ofExport(asked.exportId, { do: 'request', ...asked }),
  newId: true,
});

/** Refused where it ended otherwise meanwhile: what the caller made is nobody's then. */
export const finishExport = (exportId: string, finished: Finished): Command =>
  ofExport(exportId, { do: 'finish', finished });

export const failExport = (exportId: string, code: FailureCode, reason: string): Command =>
  ofExport(exportId, { do: 'fail', code, reason });

export const expireExport = (exportId: string, actor: Actor): Command => ofExport(exportId, { do: 'expire', actor });

const ofExport = (exportId: string, data: ExportCommand): Command =>
  command({ name: `document.${data.do}-export`, stream: exportStream(exportId), decider: exportRules, data });
