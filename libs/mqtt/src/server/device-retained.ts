/** Messages of Plenum that are retained at its own server, and what is retained there. */
import { type DeviceMessages, deviceTopicProblem, type Retention, TransientFailure } from '@plenum/runtime';
import { reason } from '../codec/reason-codes.ts';
import type { Published } from './deliver.ts';
import { readRetained, retain, route } from './route.ts';
import type { Server } from './state.ts';

export const deviceRetained = (server: Server): Pick<DeviceMessages, 'retain' | 'retainedOn'> => ({
  retain: async (topic, payload, giveUp): Promise<Retention> => {
    refuseTopic(topic);
    if (server.stopping || giveUp?.aborted === true) return unknown;
    const message = { topic, payload, properties: undefined };
    const published: Published = { message, qos: 1, retain: true, expiresAtMs: undefined, from: undefined };
    try {
      const [isKept] = await Promise.all([retain(server, published), route(server, published)]);
      return isKept ? { outcome: 'kept' } : { outcome: 'refused', reason: reason.quotaExceeded };
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      server.logger.warn({ topic, reason: error.message }, 'a message could not be retained: the store is away');
      return unknown;
    }
  },
  retainedOn: async (topic) => {
    refuseTopic(topic);
    if (server.stopping) throw new TransientFailure('mqtt-closed', 'the MQTT server has closed');
    const [found] = server.retained.match(topic, Date.now());
    return found && readRetained(server, found)?.message.payload;
  },
});

const unknown: Retention = { outcome: 'unknown' };

const refuseTopic = (topic: string): void => {
  const problem = deviceTopicProblem(topic);
  if (problem !== undefined) throw new RangeError(problem);
};
