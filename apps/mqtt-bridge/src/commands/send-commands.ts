/** The way of commands down to nodes, from what there is: the table of open commands, and devices here or behind a broker. */
import { randomUUID } from 'node:crypto';
import { commandTopic, nodeOfCommandTopic, openCommandChannel, openCommandReads } from '@plenum/device';
import type { ClientWatch } from '@plenum/mqtt';
import { type DeviceMessages, type Issue, type Logger, type ServiceDatabase, systemTimer } from '@plenum/runtime';
import { type CommandSender, commandSender } from './command-sender.ts';
import type { WayToNodes } from './way-to-nodes.ts';

/** What a bridge needs to send commands: the database that they are decided in, and the way to decide. */
export type CommandWork = {
  readonly database: Pick<ServiceDatabase, 'sql' | 'listen'>;
  readonly issue: Issue;
};

export type SendCommandsParts = CommandWork & {
  readonly devices: Pick<DeviceMessages, 'publish'>;
  /** Where devices connect to this process itself. */
  readonly watch: ClientWatch | undefined;
  /** Where a broker is in between: whether the session with it is ours and open. */
  readonly isOpen: () => boolean;
  readonly replica: string;
  readonly onSend?: ((commandId: string) => void) | undefined;
  readonly logger: Logger;
};

export type SendingCommands = Pick<CommandSender, 'counts' | 'failed' | 'sweep' | 'close'>;

export const sendCommands = (parts: SendCommandsParts): SendingCommands => {
  const { database, watch } = parts;
  const sender = commandSender({
    ...{ ...parts, reads: openCommandReads(database.sql), way: wayOf(parts) },
    ...{ newId: randomUUID, timer: systemTimer },
    // Behind a broker nobody says when a node is there again.
    ...(watch === undefined && { sweepMs: 1_000 }),
  });
  const forget = watch?.onChange((change) => {
    if (change.change === 'connected') sender.arrived(change.client.clientId);
    if (change.change !== 'subscribed') return;
    for (const filter of change.filters) {
      const nodeId = nodeOfCommandTopic(filter);
      if (nodeId !== undefined) sender.arrived(nodeId);
      else if (/[+#]/.test(filter)) sender.sweep();
    }
  });
  const listening = database.listen({ channel: openCommandChannel, hear: sender.look, begun: sender.sweep });
  return {
    ...sender,
    close: async () => {
      forget?.();
      await listening.close();
      await sender.close();
    },
  };
};

const wayOf = ({ devices, watch, isOpen }: SendCommandsParts): WayToNodes => {
  if (watch === undefined) {
    return { devices, reaches: isOpen, here: () => undefined, isAbsent: () => false, clientOf: () => undefined };
  }
  // A node's client has its id. Where nobody has to sign in, another may listen in its place.
  const isAbsent = (nodeId: string): boolean => !watch.reaches({ topic: commandTopic(nodeId), clientId: nodeId });
  return {
    ...{ devices, isAbsent },
    reaches: (nodeId) => watch.reaches({ topic: commandTopic(nodeId) }),
    here: () => [...watch.connected()].map(({ clientId }) => clientId),
    clientOf: ({ nodeId, signsIn }) => (signsIn || !isAbsent(nodeId) ? nodeId : undefined),
  };
};
