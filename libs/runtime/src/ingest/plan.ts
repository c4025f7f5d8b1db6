/** What becomes of one message: an event, a quarantined message, or one more in a count. */
import type { MessageRefusal } from '@plenum/event';
import type { EventCodec } from '../event-codec.ts';
import type { NewRecord } from '../log.ts';
import type { Logger } from '../ports.ts';
import type { Budget } from './budget.ts';
import type { DiscardedMessages, Inbound, Translator } from './message.ts';

export type Plan =
  | { readonly becomes: 'own' }
  | { readonly becomes: 'appended'; readonly record: NewRecord }
  | { readonly becomes: 'quarantined'; readonly record: NewRecord; readonly refusal: MessageRefusal }
  | { readonly becomes: 'discarded'; readonly counts: DiscardedMessages; readonly refusal: MessageRefusal };

export type PlanParts = {
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly translator: Translator;
  readonly budget: Budget;
  readonly logger: Logger;
};

export const plan =
  ({ codec, translator, budget, logger }: PlanParts) =>
  (message: Inbound): Plan => {
    if (translator.isOwn?.(message) === true) return { becomes: 'own' };
    const { arrival } = message;
    const before = arrival?.counted ? 'counted' : arrival?.id === undefined ? 'nothing' : 'an event';
    const understood = read(message, { codec, translator, logger });
    if (understood.outcome === 'record') return { becomes: 'appended', record: understood.record };
    const { clientId, budgetKey = clientId, topic, payload, refused } = message;
    // The budget is for what is kept, and of an oversized message only the beginning is. What comes again is kept already.
    if (before === 'an event' || (before === 'nothing' && budget.spend(budgetKey, payload.length))) {
      return {
        becomes: 'quarantined',
        record: codec.encode(translator.quarantined(message, understood)),
        refusal: understood,
      };
    }
    if (arrival !== undefined) arrival.counted = true;
    const bytes = refused?.lengthBytes ?? payload.length;
    const counts = before === 'counted' ? { messages: 0, bytes: 0 } : { messages: 1, bytes };
    return { becomes: 'discarded', counts: { clientId, topic, code: understood.code, ...counts }, refusal: understood };
  };

type Understood =
  | { readonly outcome: 'record'; readonly record: NewRecord }
  | ({ readonly outcome: 'quarantine' } & MessageRefusal);

const read = (message: Inbound, { codec, translator, logger }: Omit<PlanParts, 'budget'>): Understood => {
  if (message.refused !== undefined) return { outcome: 'quarantine', ...message.refused };
  const translation = translator.translate(message);
  if (translation.outcome === 'quarantine') return translation;
  try {
    const record = codec.encode(translation.event);
    const sizeBytes = record.value.length;
    if (sizeBytes <= valueBytesMax) return { outcome: 'record', record };
    const detail = `what it says takes ${sizeBytes} bytes in the log, and ${valueBytesMax} are the most`;
    return { outcome: 'quarantine', code: 'too-large', detail };
  } catch (error) {
    // A fault of ours in translating. The message is kept whole, and one device cannot stop the others with it.
    const detail = error instanceof Error ? error.message : String(error);
    logger.error({ topic: message.topic, type: translation.event.type, detail }, 'an event does not fit its schema');
    return { outcome: 'quarantine', code: 'unencodable', detail };
  }
};

/**
 * Below what every topic takes (`max.message.bytes`, 1,048,588), which leaves space for a key and headers, of which the longest is
 * an MQTT topic of 65,535 bytes. A log would refuse more for ever, and with it all that is behind. The message as it was
 * sent always fits into the quarantine: no packet is that large.
 */
const valueBytesMax = 930_000;
