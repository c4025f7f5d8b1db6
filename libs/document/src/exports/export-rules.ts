/** The rules about one export: it is asked for, it ends once, and a file that was made expires. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  isEvent,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import type { ExportFinishedV1 } from '../generated/schemas.ts';
import { ExportExpired, ExportFailed, ExportFinished, ExportRequested } from './export-events.ts';

/** `undefined`: nobody asked for it. */
export type ExportState =
  | {
      readonly exportId: string;
      readonly standing: 'requested' | 'ready' | 'failed' | 'expired';
      readonly slots: readonly string[];
      /** Of one that was made. */
      readonly file?: string;
    }
  | undefined;

/**
 * So many exports there may be at a time that are still to be made or are kept, each with a slot of its own. A slot is free again
 * when its export has failed or expired.
 */
export const slotsMax = { user: 200, organisation: 2_000 } as const;

export type Slots = { readonly user: number; readonly organisation: number };

export type Finished = Omit<ExportFinishedV1, 'export_id'>;

export const failureCodes = ['not-found', 'not-possible', 'too-large', 'not-certified', 'gave-up'] as const;
export type FailureCode = (typeof failureCodes)[number];

export type ExportCommand =
  | {
      readonly do: 'request';
      readonly exportId: string;
      readonly kind: string;
      readonly format: string;
      /** JSON. */
      readonly asked: string;
      readonly slots: Slots;
      readonly actor: Actor;
    }
  | { readonly do: 'finish'; readonly finished: Finished }
  | { readonly do: 'fail'; readonly code: FailureCode; readonly reason: string }
  | { readonly do: 'expire'; readonly actor: Actor };

const decide = (state: ExportState, command: ExportCommand): Decided => {
  if (command.do === 'request') return request(state, command);
  if (state === undefined) return refused('not-found', 'There is no such export.');
  const { exportId: export_id, standing } = state;
  switch (command.do) {
    case 'finish':
      if (standing === 'ready' && state.file === command.finished.file) return decided();
      return standing === 'requested'
        ? decided(newEvent(ExportFinished, { export_id, ...command.finished }))
        : hasEnded;
    case 'fail': {
      if (standing === 'failed') return decided();
      const { code, reason } = command;
      return standing === 'requested' ? decided(newEvent(ExportFailed, { export_id, code, reason })) : hasEnded;
    }
    case 'expire':
      return standing === 'requested' || standing === 'ready'
        ? decided(newEvent(ExportExpired, { export_id, by: actorName(command.actor) }))
        : decided();
  }
};

const hasEnded = refused('not-now', 'The export has ended already, and does not change.');

type Request = Extract<ExportCommand, { readonly do: 'request' }>;

const request = (state: ExportState, { exportId, kind, format, asked, slots, actor }: Request): Decided => {
  if (state !== undefined) return refused('exists', 'There is such an export already.');
  if (slots.user >= slotsMax.user || slots.organisation >= slotsMax.organisation) return tooMany;
  return decided(
    newEvent(ExportRequested, {
      ...{ export_id: exportId, organisation: actor.organisation, kind, format, asked },
      ...{ user_slot: slots.user, organisation_slot: slots.organisation, by: actorName(actor) },
    }),
  );
};

const tooManyReason =
  `There may be ${slotsMax.user} exports of one user and ${slotsMax.organisation} of one organisation at a time, ` +
  'counting those whose files are kept: wait until some expire, or delete them.';

export const tooMany = refused('not-now', tooManyReason);

const evolve = (state: ExportState, happened: NewEvent): ExportState => {
  if (isEvent(ExportRequested, happened)) {
    const { export_id: exportId, organisation, by, user_slot, organisation_slot } = happened.data;
    const slots = [
      `export-of-user:${organisation}:${by}:${user_slot}`,
      `export-of-organisation:${organisation}:${organisation_slot}`,
    ];
    return { exportId, standing: 'requested', slots };
  }
  if (state === undefined) return state;
  if (isEvent(ExportFinished, happened)) return { ...state, standing: 'ready', file: happened.data.file };
  if (isEvent(ExportFailed, happened)) return { ...state, standing: 'failed' };
  if (isEvent(ExportExpired, happened)) return { ...state, standing: 'expired' };
  return state;
};

export const exportRules: Decider<ExportState, ExportCommand> = {
  initial: undefined,
  decide,
  evolve,
  // What bounds them is that a slot is held by one export at a time, however many ask at the same moment.
  reserves: (state) => (state?.standing === 'requested' || state?.standing === 'ready' ? state.slots : []),
  reservedReason: 'Another export was faster to take this slot.',
};
