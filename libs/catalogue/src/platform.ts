import type { ExportKind } from '@plenum/domain';

/** What belongs to no domain: how read models follow the log, and the log itself. */
export const platformPermissions = {
  'read:projection': 'How read models follow the log: how far they are behind, and what became of every record.',
  'admin:events': "Exports of events of every topic: observations, and the decisions of one's own organisation.",
} as const;

export const platformExports: readonly ExportKind[] = [
  {
    kind: 'events',
    about: 'Events as they stand in the log, of whichever topic. What names a person is left out.',
    permission: 'admin:events',
    content: 'events',
    topics: 'any',
  },
];
