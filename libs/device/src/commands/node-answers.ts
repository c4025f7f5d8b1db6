/** What a node says of a command becomes a command of ours about it; what does not fit to the command goes into quarantine. */
import { NodeResponded, type NodeRespondedData, responsesTopic } from '@plenum/ceiling';
import { contentId, defineReaction, type Event, isEvent } from '@plenum/event';
import { messageQuarantined } from '@plenum/quarantine';
import { answerCommand } from './device-commands.ts';

const encoder = new TextEncoder();

const databaseTime = 'select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now_us';

export const nodeAnswers = defineReaction<number | undefined>({
  name: 'command-node-answers',
  about: 'Takes what a node says of a command for the outcome of it.',
  topics: [responsesTopic.name],
  // A node that goes on gets its time anew, by the clock that it is timed out by. That of the bridge may be wrong.
  lookUp: async (event, tables) => {
    if (!isEvent(NodeResponded, event) || event.data.outcome !== 'executing') return undefined;
    const [row] = await tables<{ readonly now_us: string }>(databaseTime, []);
    return row === undefined ? undefined : Number(row.now_us);
  },
  react: (event, nowUs) => {
    if (!isEvent(NodeResponded, event)) return [];
    const { node_id: nodeId, command_id, outcome, detail, result } = event.data;
    const answer = { nodeId, outcome: outcome as Outcome, answerId: event.id, detail, result };
    return [answerCommand(command_id, answer, nowUs ?? event.recordedTimeUs)];
  },
  refused: (event, { code, reason }, { sha1, sha256 }) => {
    if (!isEvent(NodeResponded, event)) return undefined;
    const { source, recordedTimeUs, data } = event;
    const payload = encoder.encode(said(event));
    return messageQuarantined(
      // A response that was recorded twice is refused twice; one record that is read again is refused once.
      contentId(sha1, `${source}/refused`, encoder.encode(`${event.id} ${recordedTimeUs}`)),
      {
        ...{ clientId: data.node_id, topic: source, payload, lengthBytes: payload.length },
        ...{ sha256: sha256(payload), receivedTimeUs: recordedTimeUs },
      },
      { code: `answer-${code}`, detail: reason, nodeId: data.node_id, sensorId: undefined },
    );
  },
});

/** Only these are recorded. */
type Outcome = 'executing' | 'succeeded' | 'failed';

/** In the words of the node, as far as they were understood. */
const said = ({
  data: { node_id: _, result, device_time: __, message_id, ...words },
}: Event<NodeRespondedData>): string =>
  JSON.stringify({
    ...words,
    ...(message_id === undefined ? {} : { event_id: message_id }),
    ...(result === undefined ? {} : { result: JSON.parse(result) }),
  });
