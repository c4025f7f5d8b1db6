/** What of exports can be followed live. */
import type { StreamKind } from '@plenum/domain';
import { ExportExpired, ExportFailed, ExportFinished, ExportRequested } from './exports/export-events.ts';

export const documentStreams: readonly StreamKind[] = [
  {
    ...{ kind: 'exports', about: 'Exports: asked for, made, failed, expired.', permission: 'read:exports' },
    ...{ events: [ExportRequested, ExportFinished, ExportFailed, ExportExpired], whose: 'organisation' },
    fields: {
      ...{ export_id: 'as-is', organisation: 'as-is', kind: 'as-is', format: 'as-is', asked: 'json', by: 'as-is' },
      ...{ file_name: 'as-is', media_type: 'as-is', bytes: 'as-is', digest: 'as-is', rows: 'as-is' },
      ...{ expires_at: 'time', code: 'as-is', reason: 'as-is' },
    },
    filters: { export_id: ['export_id'] },
  },
];
