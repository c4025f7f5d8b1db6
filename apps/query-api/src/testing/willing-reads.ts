/** What commands read on their way, for tests that go over every route. */
import type { Reads } from '../reads.ts';

type SomeReads = { readonly [K in keyof Reads]?: Partial<Reads[K]> };

/** What of one is in an answer; the rest of its columns is null. */
const aProject = {
  ...{ project_id: 'x', name: 'Hall', description: '', tags: [], metadata: {}, is_archived: false },
  ...{ length_mm: null, material_key: null, calculation_id: null, organisation: 'default', created_by: 'ann' },
  ...{ created_at: '2026-03-04T09:15:02.118204Z', changed_at: '2026-03-04T09:15:02.118204Z' },
} as unknown as NonNullable<Awaited<ReturnType<Reads['ceilingProjects']['byId']>>>;

export const willingReads: SomeReads = {
  versions: { shown: async () => 3 },
  ceilingProjects: { byId: async () => aProject },
  ceilingCalculations: { byId: async () => undefined },
  exportWork: { freeSlots: async () => ({ user_slot: 0, organisation_slot: 0 }) },
};
