/** What this broker allows as topic names, topic filters and client ids, of what MQTT 3.1.1 does; the guard sees to that. */
import { ofTheBroker } from '../guard/taken-out.ts';

/** Why a will may not be published under its name, which passed the guard; `undefined` when it may. */
export const topicProblem = (topic: string): string | undefined => (topic.startsWith('$') ? ofTheBroker : undefined);

/** Why a filter may not be subscribed to; `undefined` when it may. */
export const filterProblem = (filter: string): string | undefined => {
  if (filter.startsWith('$share/')) {
    return 'shared subscriptions are not offered: they give up the order of a device; subscribe to the topic itself';
  }
  return filter.startsWith('$') ? ofTheBroker : undefined;
};

/** Whether a filter takes a topic (MQTT 3.1.1, 4.7). */
export const matches = (filter: string, topic: string): boolean => {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true; // What is above it, too.
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
};

/** Why a client may not call itself this; `undefined` when it may. */
export const clientIdProblem = (clientId: string, clean: boolean): string | undefined => {
  if (clientId === '' && !clean) return 'a session that is kept needs a client id';
  if (clientId.length > clientIdLengthMax) return `a client id has at most ${clientIdLengthMax} characters`;
  return controlCharacter.test(clientId) ? 'a client id holds no control character' : undefined;
};

/** Client ids become keys of events and labels in reports; MQTT itself would allow 65,535 bytes. */
const clientIdLengthMax = 256;

const controlCharacter = /[\u0000-\u001f\u007f]/;
