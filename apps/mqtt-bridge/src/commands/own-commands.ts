/**
 * Commands that this process has published, or that were under way when it began: a broker gives them back to Plenum like to any
 * other subscriber, and they say nothing new.
 */
import { nodeOfCommandTopic } from '@plenum/device';

export type OwnCommands = {
  /** These were published, or may have been. */
  add(commandIds: readonly string[]): void;
  isOwn(message: { readonly topic: string; readonly payload: Uint8Array }): boolean;
};

/** A broker gives back within moments. */
const rememberedMax = 100_000;

const decoder = new TextDecoder();

export const ownCommands = (max = rememberedMax): OwnCommands => {
  const known = new Set<string>();
  return {
    add: (commandIds) => {
      for (const commandId of commandIds) {
        known.delete(commandId);
        known.add(commandId);
      }
      // The first are the oldest.
      for (const oldest of known) {
        if (known.size <= max) break;
        known.delete(oldest);
      }
    },
    isOwn: ({ topic, payload }) => {
      if (nodeOfCommandTopic(topic) === undefined) return false;
      const commandId = commandIdIn(payload);
      return commandId !== undefined && known.has(commandId);
    },
  };
};

const commandIdIn = (payload: Uint8Array): string | undefined => {
  try {
    const body: unknown = JSON.parse(decoder.decode(payload));
    const { command_id } = (body ?? {}) as { readonly command_id?: unknown };
    return typeof command_id === 'string' ? command_id : undefined;
  } catch {
    return undefined; // Somebody else's, and refused where it is read.
  }
};
