/** What everything else stands on: one database, one log, one codec. Opened once, shared by all parts. */
import * as assembly from '@plenum/assembly';
import type { EventCodec } from '@plenum/runtime';

export type Foundation = assembly.Foundation & { readonly codec: EventCodec };
export type { FoundationSettings } from '@plenum/assembly';

/** @throws as `openFoundation` and `openCodec` of the assembly do, with nothing left open. */
export const openFoundation = (settings: assembly.FoundationSettings): Promise<Foundation> =>
  withCodec(assembly.openFoundation(settings), settings);

/** The same for tools that look at what is there. @throws when there are no data yet. */
export const openExisting = (settings: assembly.FoundationSettings): Promise<Foundation> =>
  withCodec(assembly.openExisting(settings), settings);

const withCodec = async (
  opening: Promise<assembly.Foundation>,
  settings: assembly.FoundationSettings,
): Promise<Foundation> => {
  const foundation = await opening;
  try {
    return { ...foundation, codec: await assembly.openCodec(settings) };
  } catch (error) {
    await foundation.close();
    throw error;
  }
};
