/** A command as a node is sent it: in the shape that devices have always known, with its id and when it expires. */
import { formatTimeUs } from '@plenum/event';
import { commandTopic, responsesTopicOf } from '../nodes/node-topics.ts';
import type { SendableCommand } from './open-command-reads.ts';

export type CommandMessage = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** For MQTT 5. */
  readonly properties: {
    readonly contentType: string;
    readonly responseTopic: string;
    readonly correlationData: Uint8Array;
  };
};

const encoder = new TextEncoder();

type Said = Pick<SendableCommand, 'command_id' | 'node_id' | 'command' | 'parameters' | 'requested_us' | 'expires_us'>;

/** The same for every attempt. */
export const commandMessage = (said: Said): CommandMessage => {
  const { command_id, node_id, command, parameters, requested_us, expires_us } = said;
  const body = {
    ...{ command, parameters, timestamp: formatTimeUs(Number(requested_us)) },
    ...{ command_id, expires_at: formatTimeUs(Number(expires_us)) },
  };
  return {
    topic: commandTopic(node_id),
    payload: encoder.encode(JSON.stringify(body)),
    properties: {
      ...{ contentType: 'application/json', responseTopic: responsesTopicOf(node_id) },
      correlationData: encoder.encode(command_id),
    },
  };
};
