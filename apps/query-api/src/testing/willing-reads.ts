/** What commands read on their way, for tests that go over every route. */
import type { Reads } from '../reads.ts';

type SomeReads = { readonly [K in keyof Reads]?: Partial<Reads[K]> };

/** What of one is in an answer; the rest of its columns is null. */
const aProject = {
  ...{ project_id: 'x', name: 'Hall', description: '', tags: [], metadata: {}, is_archived: false },
  ...{ length_mm: null, material_key: null, calculation_id: null, organisation: 'default', created_by: 'ann' },
  ...{ created_at: '2026-03-04T09:15:02.118204Z', changed_at: '2026-03-04T09:15:02.118204Z' },
} as unknown as NonNullable<Awaited<ReturnType<Reads['ceilingProjects']['byId']>>>;

const aFile = {
  state: 'ready' as const,
  ...{ kind: 'ceiling-calculation', format: 'svg', file: 'x', file_name: 'x.svg' },
  ...{ media_type: 'image/svg+xml', bytes: 1, digest: '00', reason: null, is_due: false },
  ...{ requested_at: '2026-03-04T09:15:02.118204Z', expires_at: '2026-03-05T09:15:02.118204Z' },
} as const;

export const willingReads: SomeReads = {
  versions: { shown: async () => 3 },
  ceilingProjects: { byId: async () => aProject },
  ceilingCalculations: { byId: async () => undefined },
  targets: { nodes: async () => [{ node_id: 'node_1', disabled: false }] },
  exportWork: { freeSlots: async () => ({ user_slot: 0, organisation_slot: 0 }), file: async () => aFile },
};
