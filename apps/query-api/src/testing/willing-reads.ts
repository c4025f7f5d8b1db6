/** What commands read on their way, for tests that go over every route. */
import type { Reads } from '../reads.ts';

type SomeReads = { readonly [K in keyof Reads]?: Partial<Reads[K]> };

export const willingReads: SomeReads = {
  exportWork: { freeSlots: async () => ({ user_slot: 0, organisation_slot: 0 }) },
};
