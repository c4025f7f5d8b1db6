/** Exports for clients of replaced systems, which ask for a file and expect it to be there when they are answered. */
import { askForExport, type ExportFileShown, expectAllowed, judgeExport, visibleExport } from '@plenum/document';
import { type Asked, metadataWithoutVersion, Problem, waitOf } from '@plenum/http';
import type { LayoutServices } from '../services.ts';
import { notDoneProblem } from './old-done.ts';

export type FileAsked = {
  readonly kind: 'ceiling' | 'ceiling-calculation';
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
};

/** A file of a ceiling takes a second or two; where nobody makes files, nobody waits for ever. `Prefer: wait` may say less. */
const waitSMax = 20;

/**
 * The export once it has ended, or as far as it is after some time: it is asked for all the same.
 * @throws Problem where it was not, or where it failed.
 */
export const exportMade = async (
  services: LayoutServices,
  asked: Pick<Asked, 'headers' | 'identity' | 'given'>,
  { kind, format, options }: FileAsked,
): Promise<{ readonly id: string; readonly found: ExportFileShown }> => {
  const { reads, handle, newId, untilShown, exportKinds, clock } = services;
  const metadata = metadataWithoutVersion(asked);
  const fits = judgeExport(exportKinds(), { kind, format, options }, clock.nowUs());
  if (fits.outcome === 'faulty') throw new Error(`what was checked is an export: ${JSON.stringify(fits.faults)}`);
  expectAllowed(fits.kind, asked);
  const done = await askForExport(
    { work: reads.exportWork, handle, newId },
    { kind, format, asked: fits.asked },
    metadata,
  );
  if (done.outcome !== 'done') throw notDoneProblem(done);
  const look = () => visibleExport(services, done.id, asked);
  await untilShown(async () => (await look()).state !== 'requested', (waitOf(asked) ?? waitSMax) * 1_000);
  const found = await look();
  refuseFailed(found);
  return { id: done.id, found };
};

/** @throws Problem with the reason of one that failed, and for one whose time is over. */
export const refuseFailed = ({ state, is_due, reason }: ExportFileShown): void => {
  if (state === 'expired' || is_due) throw new Problem('gone', 'The export has expired, and its file is removed.');
  if (state === 'failed') throw new Problem('conflict', reason ?? 'The export failed.');
};

/** `exp_` and the digits of our id, so that an address says which of the two shapes is asked for. */
export const oldExportId = (id: string): string => `exp_${id.replaceAll('-', '')}`;

/** Our id of 32 hexadecimal digits; one that is none of ours is nobody's. */
export const idOfDigits = (digits: string): string =>
  /^[0-9a-f]{32}$/.test(digits) ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : '';

export const downloadOf = (id: string): string => `/api/v1/exports/download/${oldExportId(id)}`;
