/** What a broker gives back of what Plenum publishes there, also of what another bridge did just before this one. */
import { openCommandReads } from '@plenum/device';
import { retryUntilStopped, type Translator } from '@plenum/runtime';
import type { BridgeParts } from './bridge.ts';
import { ownCommands } from './commands/own-commands.ts';
import { type OwnRegistrations, ownRegistrations, removedMax } from './registrations/own-registrations.ts';

export type OwnMessages = {
  readonly isOwn: NonNullable<Translator['isOwn']>;
  /** A command is about to be published. */
  sending(commandId: string): void;
  readonly registrations: OwnRegistrations;
  /** Reads what may come back of what others published. */
  look(): Promise<void>;
};

/** `undefined` where devices connect to the bridge itself: nothing comes back. */
export const ownMessages = (
  { config, commands: work, registrations: published, logger }: BridgeParts,
  stop: AbortSignal,
): OwnMessages | undefined => {
  if (config.MQTT_MODE !== 'connect') return undefined;
  const commands = ownCommands();
  const registrations = ownRegistrations();
  const reads = work && openCommandReads(work.database.sql);
  const read = async (): Promise<void> => {
    commands.add(((await reads?.sent(sentBeforeMax)) ?? []).toReversed());
    registrations.removed(((await published?.reads.removed(removedMax)) ?? []).toReversed());
  };
  return {
    isOwn: (message) => commands.isOwn(message) || registrations.isOwn(message),
    sending: (commandId) => commands.add([commandId]),
    registrations,
    look: async () => {
      await retryUntilStopped(read, {
        ...{ logger, stop, waiting: 'the bridge waits for the database', again: 'the database is there' },
      });
    },
  };
};

const sentBeforeMax = 10_000;
