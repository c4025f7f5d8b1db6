/** What this server allows as topic filters and client ids, of what MQTT does. */
import { reason } from '../codec/reason-codes.ts';

/** Why clients may not publish there (4.7.2). */
export const ofTheServer = 'topics that begin with $ belong to the server';

export type Refusal = { readonly reason: number; readonly why: string };

/** Why a filter may not be subscribed to; `undefined` when it may. */
export const filterProblem = (filter: string, levelsMax: number): Refusal | undefined => {
  if (filter.startsWith('$share/')) {
    return {
      reason: reason.sharedSubscriptionsNotSupported,
      why: 'shared subscriptions are not offered: they give up the order of a device; subscribe to the topic itself',
    };
  }
  if (filter.startsWith('$')) return { reason: reason.notAuthorized, why: ofTheServer };
  return hasMoreLevels(filter, levelsMax)
    ? { reason: reason.topicFilterInvalid, why: `a filter has at most ${levelsMax} levels` }
    : undefined;
};

export const hasMoreLevels = (name: string, levelsMax: number): boolean => {
  let levels = 1;
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) levels += 1;
  return levels > levelsMax;
};

/** Why a client may not call itself this; `undefined` when it may. */
export const clientIdProblem = (clientId: string): string | undefined => {
  if (clientId.length > clientIdLengthMax) return `a client id has at most ${clientIdLengthMax} characters`;
  return controlCharacter.test(clientId) ? 'a client id holds no control character' : undefined;
};

/** Client ids become keys of events and labels in reports; MQTT itself would allow 65,535 bytes. */
const clientIdLengthMax = 256;

const controlCharacter = /[\u0000-\u001f\u007f]/;
