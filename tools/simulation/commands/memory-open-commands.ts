/** The table of open commands in memory: what its statements make of events, and what is asked of it. */
import type { DueCommand, OpenCommandReads, SendableCommand } from '@plenum/device';
import { attemptsMax, commandEvents, leadUs } from '@plenum/device/testing';
import { type DecidedEvent, isEvent } from '@plenum/event';

export type OpenRow = {
  readonly commandId: string;
  readonly nodeId: string;
  readonly parent: string | undefined;
  readonly state: 'accepted' | 'sent' | 'delivered' | 'executing' | 'ended';
  readonly command: string;
  readonly parameters: unknown;
  readonly requestedUs: number;
  readonly expiresUs: number;
  readonly attempt: number;
  readonly isPending: boolean;
  readonly mayHaveArrived: boolean;
  /** `undefined`: not by itself. */
  readonly retryUs: number | undefined;
  readonly dueUs: number;
  readonly version: number;
};

export type MemoryOpenCommands = {
  /** With the decision itself. */
  apply(event: DecidedEvent): void;
  readonly reads: OpenCommandReads;
  rows(): readonly OpenRow[];
};

const e = commandEvents;
const endings: readonly string[] = [
  ...[e.CommandSucceeded, e.CommandFailed, e.CommandUnanswered, e.CommandExpired, e.CommandCancelled],
].map(({ type }) => type);

export const memoryOpenCommands = (nowUs: () => number): MemoryOpenCommands => {
  /** In the order in which they were asked for. */
  const rows = new Map<string, OpenRow>();
  const isDue = ({ attempt, retryUs }: OpenRow): boolean =>
    attempt === 0 || (retryUs !== undefined && retryUs <= nowUs());
  const maySend = ({ state, attempt, expiresUs }: OpenRow): boolean =>
    (state === 'accepted' || state === 'sent') && attempt < attemptsMax && expiresUs > nowUs() + leadUs;
  return {
    rows: () => [...rows.values()],
    apply: (event) => {
      if (isEvent(e.CommandRequested, event)) {
        const row = requested(event);
        if (row !== undefined && !rows.has(row.commandId)) rows.set(row.commandId, row);
        return;
      }
      const { command_id } = event.data as { readonly command_id?: string }; // Of commands all have it.
      const row = rows.get(command_id ?? '');
      if (row === undefined || row.version >= event.decision.version) return;
      const changed = changedBy(row, event);
      if (changed !== undefined) rows.set(row.commandId, { ...row, ...changed, version: event.decision.version });
    },
    reads: {
      sendable: async ({ nodeIds, absent, again, except, limit }) =>
        [...rows.values()]
          .filter((row) => nodeIds.includes(row.nodeId) && !absent.includes(row.nodeId) && maySend(row))
          .filter((row) => (again || isDue(row)) && !except.includes(row.commandId))
          .slice(0, limit)
          .map((row) => sendable(row, nowUs())),
      nodesDue: async (nodeIds, limit) => {
        const due = [...rows.values()].filter((row) => maySend(row) && isDue(row)).map(({ nodeId }) => nodeId);
        return [...new Set(due)].filter((nodeId) => nodeIds?.includes(nodeId) ?? true).slice(0, limit);
      },
      due: async (limit) =>
        [...rows.values()]
          .filter(({ state, dueUs }) => state !== 'ended' && dueUs <= nowUs())
          .slice(0, limit)
          .map(
            ({ commandId: command_id, version, state, dueUs }): DueCommand => ({
              ...{ command_id, version, state },
              ...{ due_us: `${dueUs}`, now_us: `${nowUs()}` },
            }),
          ),
      unsentOf: async (parent) =>
        [...rows.values()]
          .filter((row) => row.parent === parent && row.state === 'accepted')
          .map(({ commandId }) => commandId),
      anyOpen: async () => [...rows.values()].some(({ state }) => state !== 'ended'),
      sent: async () => [],
      forgetEnded: async () => undefined,
    },
  };
};

const requested = (event: DecidedEvent): OpenRow | undefined => {
  if (!isEvent(e.CommandRequested, event)) return undefined;
  const { command_id: commandId, node_id: nodeId, parent, command, parameters, expires_at: expiresUs } = event.data;
  if (nodeId === undefined) return undefined;
  const requestedUs = event.effectiveTimeUs;
  return {
    ...{ commandId, nodeId, parent, state: 'accepted', command, parameters: JSON.parse(parameters), requestedUs },
    ...{ expiresUs, attempt: 0, isPending: false, mayHaveArrived: false, retryUs: requestedUs, dueUs: expiresUs },
    version: event.decision.version,
  };
};

const changedBy = (row: OpenRow, event: DecidedEvent): Partial<OpenRow> | undefined => {
  if (isEvent(e.CommandSent, event)) {
    const { attempt, retry_at: retryUs, answer_by: dueUs } = event.data;
    const mayHaveArrived = row.mayHaveArrived || row.isPending;
    return { state: 'sent', attempt, retryUs, dueUs, isPending: true, mayHaveArrived };
  }
  if (isEvent(e.CommandNotTaken, event)) {
    const { mayHaveArrived, dueUs, expiresUs } = row;
    const is = mayHaveArrived
      ? ({ state: 'sent', dueUs } as const)
      : ({ state: 'accepted', dueUs: expiresUs } as const);
    return { ...is, retryUs: event.data.retry_at, isPending: false };
  }
  if (isEvent(e.CommandDelivered, event)) {
    return { state: 'delivered', retryUs: undefined, dueUs: event.data.answer_by };
  }
  if (isEvent(e.CommandExecuting, event)) {
    return { state: 'executing', retryUs: undefined, dueUs: event.data.answer_by };
  }
  return endings.includes(event.type) ? { state: 'ended' } : undefined;
};

const sendable = (row: OpenRow, nowUs: number): SendableCommand => ({
  ...{ command_id: row.commandId, node_id: row.nodeId, command: row.command, parameters: row.parameters },
  ...{ attempt: row.attempt, requested_us: `${row.requestedUs}`, expires_us: `${row.expiresUs}`, now_us: `${nowUs}` },
  signs_in: true,
});
