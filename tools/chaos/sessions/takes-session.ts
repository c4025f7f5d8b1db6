/** Whether a bridge lets a client with a kept session in. */
import { connectPacket, rawTcp } from '@plenum/mqtt/testing';
import { beforeDeadline } from '@plenum/runtime';
import type { At } from './kept-client.ts';

const answerMsMax = 1_000;

export const takesSession = async ({ port }: At): Promise<boolean> => {
  const client = rawTcp(port);
  client.send(connectPacket({ clientId: 'chaos-looker', clean: false }));
  const answer = await beforeDeadline(client.next(), answerMsMax).catch(() => undefined);
  client.kill();
  return answer?.cmd === 'connack' && answer.returnCode === 0;
};
