/** MQTT topic filters (MQTT 5.0, 4.7): `+` stands for one level, `#` at the end for any number of them. */

/** Whether a topic matches the filter. Most filters are a beginning and `#`, for which the beginning alone decides. */
export const topicMatcher = (filter: string): ((topic: string) => boolean) => {
  const [start, rest] = [filter.slice(0, -2), filter.slice(-2)];
  if (rest === '/#' && !/[+#]/.test(start)) {
    const beginning = `${start}/`;
    return (topic) => topic.startsWith(beginning) || topic === start;
  }
  if (!/[+#]/.test(filter)) return (topic) => topic === filter;
  const levels = filter.split('/');
  return (topic) => matches(levels, topic.split('/'));
};

const matches = (filter: readonly string[], topic: readonly string[]): boolean => {
  for (const [index, level] of filter.entries()) {
    if (level === '#') return true;
    if (index >= topic.length || (level !== '+' && level !== topic[index])) return false;
  }
  return filter.length === topic.length;
};

/** Whether there is a topic that both filters match. */
export const overlap = (one: string, other: string): boolean => {
  const [a, b] = [one.split('/'), other.split('/')];
  for (let index = 0; ; index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== '+' && right !== '+' && left !== right) return false;
  }
};
