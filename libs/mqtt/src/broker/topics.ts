/** What MQTT 3.1.1 (4.7) and this broker allow as topic names and topic filters. */

/** Why a message may not be published under a name; `undefined` when it may. */
export const topicProblem = (topic: string): string | undefined => {
  if (topic === '') return 'a topic name has at least one character';
  if (topic.startsWith('$')) return 'topics that begin with $ belong to the broker';
  if (topic.includes('\0')) return 'a topic name holds no null character';
  return wildcard.test(topic) ? 'a topic name holds no wildcard' : undefined;
};

const wildcard = /[+#]/;

/** Why a filter may not be subscribed to; `undefined` when it may. */
export const filterProblem = (filter: string): string | undefined => {
  if (filter === '') return 'a topic filter has at least one character';
  if (filter.startsWith('$share/')) {
    return 'shared subscriptions are not offered: they give up the order of a device; subscribe to the topic itself';
  }
  if (filter.startsWith('$')) return 'topics that begin with $ belong to the broker';
  if (filter.includes('\0')) return 'a topic filter holds no null character';
  const levels = filter.split('/');
  if (levels.some((level) => level !== '+' && level.includes('+'))) return '+ stands for a whole level';
  const misplaced = levels.some((level, index) => level.includes('#') && (level !== '#' || index < levels.length - 1));
  return misplaced ? '# stands for the rest, alone at the end' : undefined;
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
