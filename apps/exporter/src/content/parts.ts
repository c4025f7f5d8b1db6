/** What content is made of and with. */
import type { DocumentWriter, EventCodec, Log, RowFormatWriter, SnapshotStore } from '@plenum/runtime';
import type { Claimed, ExportWork } from '../work/export-work.ts';

export type ContentParts = {
  readonly claimed: Claimed;
  readonly work: ExportWork;
  readonly snapshots: SnapshotStore;
  readonly log: Pick<Log, 'positions' | 'positionsAt' | 'read'>;
  readonly codec: EventCodec;
  /** @throws NotMade where nobody writes rows in this format. */
  readonly writerOf: (format: string) => RowFormatWriter;
  /** @throws NotMade where nobody writes documents in this format. */
  readonly documentWriterOf: (format: string) => DocumentWriter;
  readonly rowsMax: number;
  /** Where it is written down how far it is. */
  readonly progress: { rows: number; percent: number };
  readonly stop: AbortSignal;
};
