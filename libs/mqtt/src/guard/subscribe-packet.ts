/** SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1, 3.8 and 3.10), checked before the broker reads them. */
import { fieldsOf } from './fields.ts';
import { wildcardProblem } from './names.ts';
import { ProtocolViolation } from './protocol-violation.ts';

/**
 * Checks the bytes behind the fixed header.
 * @throws {ProtocolViolation} when the connection has to be closed. A filter that is right and not granted is another
 * matter: the broker says so in the SUBACK.
 */
export const checkFilters = (
  packet: 'SUBSCRIBE' | 'UNSUBSCRIBE',
  bytes: Uint8Array,
  from: number,
  end: number,
): void => {
  const fields = fieldsOf(packet, bytes, from, end);
  if (fields.number('packet id') === 0) throw new ProtocolViolation(`a ${packet} with packet id 0`);
  if (!fields.hasMore()) throw new ProtocolViolation(`a ${packet} without a topic filter`);
  while (fields.hasMore()) {
    const problem = wildcardProblem(fields.text('topic filter'));
    if (problem !== undefined) throw new ProtocolViolation(`a ${packet}: ${problem}`);
    // Its six upper bits are reserved, so that this is QoS 3, too [MQTT-3.8.3-4].
    if (packet === 'SUBSCRIBE' && fields.byte('QoS') > 2) throw new ProtocolViolation('a SUBSCRIBE with QoS above 2');
  }
};
