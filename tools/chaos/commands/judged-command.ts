/** A command's stream, as the judge wants it. */
import { commandRules } from '@plenum/device';
import { commandEvents, retryAtUs } from '@plenum/device/testing';
import { type DecidedEvent, isEvent } from '@plenum/event';
import type { JudgedCommand } from './judge-commands.ts';

const { CommandDelivered, CommandRequested, CommandSent } = commandEvents;

/** `undefined`: the stream is none of a command. */
export const judgedCommand = (events: readonly DecidedEvent[]): JudgedCommand | undefined => {
  const [first] = events;
  if (first === undefined || !isEvent(CommandRequested, first)) return undefined;
  const { command_id: commandId, node_id: nodeId, parent, nodes, parameters, expires_at } = first.data;
  const state = events.reduce(commandRules.evolve, commandRules.initial)?.state ?? 'requested';
  const { act = '' } = JSON.parse(parameters) as { readonly act?: string };
  return {
    ...{ commandId, nodeId, parent, nodes, act, state },
    expiresAtMs: expires_at / 1000,
    claimedAtMs: events.flatMap(claimedAtMs),
    deliveredBy: events.find((event) => isEvent(CommandDelivered, event))?.data.evidence,
  };
};

/** By the clock that claims go by, which is the database's: when it is tried again, less the time until then. */
const claimedAtMs = (event: DecidedEvent): readonly number[] => {
  if (!isEvent(CommandSent, event)) return [];
  const { retry_at, attempt } = event.data;
  const waits = retryAtUs(0, attempt);
  return retry_at === undefined || waits === undefined ? [] : [(retry_at - waits) / 1000];
};
