/** Documents as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn, reservingStreams } from '@plenum/event';
import * as exportEvents from './exports/export-events.ts';
import { exportStreamKind } from './exports/export-events.ts';
import { exportRules } from './exports/export-rules.ts';
import { exportWork } from './exports/export-work.ts';
import { exportsProjection } from './exports/exports-projection.ts';
import { type DocumentServices, documentReads } from './services.ts';
import { documentStreams } from './streams.ts';
import { documentTopic } from './topics.ts';

const { ExportRequested, ExportFinished, ExportFailed, ExportExpired } = exportEvents;

export const document = defineDomain({
  name: 'document',
  about: 'Exports: files that were asked for.',
  events: eventsIn({ ExportRequested, ExportFinished, ExportFailed, ExportExpired }),
  topics: [documentTopic],
  projections: [exportsProjection],
  inline: [exportWork],
  reserving: [reservingStreams(exportStreamKind, exportRules)],
  streams: documentStreams,
  permissions: {
    'read:exports': 'Exports and their files, where one may also read what is in them.',
    'write:exports': 'Ask for exports, and delete them.',
  },
  reads: documentReads,
  routes: async (services: DocumentServices) => (await import('./routes/routes.ts')).documentRoutes(services),
});
