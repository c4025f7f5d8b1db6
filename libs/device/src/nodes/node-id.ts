/** What a node may be called: a name that stands for one node alone in a topic, in a filter and in a URL. */

export const nodeIdLengthMax = 128;

/** Also what commands are sent to where it is no node: everybody, or everybody in a zone. */
export const everyNode = 'all';
export const zonePrefix = 'zone:';

/** The same as `nodeIdProblem`, for the description of the API. */
export const nodeIdPattern = '^(?!all$|zone:|[$])[!"$-*,-.0-~]+$';

/**
 * Why a text is no id of a node; `undefined` when it is one. `/`, `+` and `#` would make another topic of it, and blanks and
 * letters beyond ASCII are written in more than one way.
 */
export const nodeIdProblem = (text: string): string | undefined => {
  if (text === '' || text.length > nodeIdLengthMax) return `takes 1 to ${nodeIdLengthMax} characters`;
  if (!/^[\x21-\x7e]+$/.test(text)) return 'takes visible ASCII characters and no blanks';
  if (/[/+#]/.test(text)) return 'takes no /, + or #, which mean something in MQTT topics';
  if (text.startsWith('$')) return 'does not begin with $, as topics of brokers do';
  if (text === everyNode || text.startsWith(zonePrefix)) return 'names a group of nodes';
  return undefined;
};
