/** How an export is asked for: with slots of its own, of those that are free. */
import type { Services } from '@plenum/domain';
import { actorName, type CommandMetadata, type NotDone, type Receipt } from '@plenum/event';
import type { ExportAsked } from './asked.ts';
import { requestExport } from './export-commands.ts';
import { slotsMax, tooMany } from './export-rules.ts';
import type { ExportWorkReads } from './reads.ts';

type Parts = {
  readonly work: Pick<ExportWorkReads, 'freeSlots'>;
  readonly handle: Services['handle'];
  readonly newId: () => string;
};

type Asked = { readonly kind: string; readonly format: string; readonly asked: ExportAsked };

/** Somebody was faster so often in a row only where many ask at the same moment. */
const triesMax = 20;

/** Refused with `not-now` where all slots are taken. @throws TransientFailure */
export const askForExport = async (
  { work, handle, newId }: Parts,
  { kind, format, asked }: Asked,
  { organisation: _, ...metadata }: CommandMetadata,
): Promise<Receipt | NotDone> => {
  const { actor } = metadata;
  for (let tries = 1; ; tries += 1) {
    const { user_slot: user, organisation_slot: organisation } = await work.freeSlots({
      ...{ by: actorName(actor), organisation: actor.organisation },
    });
    if (user >= slotsMax.user || organisation >= slotsMax.organisation) return tooMany;
    const slots = { user, organisation };
    const command = requestExport({ exportId: newId(), kind, format, asked: JSON.stringify(asked), slots, actor });
    const done = await handle(command, metadata);
    if (done.outcome !== 'refused' || done.code !== 'exists' || tries === triesMax) return done;
  }
};
