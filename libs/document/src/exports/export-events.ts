import { defineEvent, streamOf } from '@plenum/event';
import {
  type ExportExpiredV1,
  type ExportFailedV1,
  type ExportFinishedV1,
  type ExportRequestedV1,
  exportExpiredV1,
  exportFailedV1,
  exportFinishedV1,
  exportRequestedV1,
} from '../generated/schemas.ts';
import { documentTopic } from '../topics.ts';

export const exportStreamKind = 'export';

export const exportStream = (exportId: string): string => streamOf(exportStreamKind, exportId);

const ofExport = {
  topic: documentTopic.name,
  key: ({ export_id }: { readonly export_id: string }) => exportStream(export_id),
};

export const ExportRequested = defineEvent<ExportRequestedV1>()({ ...ofExport, schemas: [exportRequestedV1] });
export const ExportFinished = defineEvent<ExportFinishedV1>()({ ...ofExport, schemas: [exportFinishedV1] });
export const ExportFailed = defineEvent<ExportFailedV1>()({ ...ofExport, schemas: [exportFailedV1] });
export const ExportExpired = defineEvent<ExportExpiredV1>()({ ...ofExport, schemas: [exportExpiredV1] });
