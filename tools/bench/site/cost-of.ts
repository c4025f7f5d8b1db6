/** What a message costs: CPU seconds of processes per 100,000 messages. */
import type { Usage } from '../machine/usage.ts';

export type Cost = {
  /** Of all processes that are counted. */
  readonly per100k: number;
  /** Of each, by name, in the order they were watched. */
  readonly shares: ReadonlyMap<string, number>;
};

const messagesOf = 100_000;

/** @throws when there were no messages: nothing is divided by them. */
export const costOf = (
  { processes }: Pick<Usage, 'processes'>,
  counted: ReadonlySet<string>,
  messages: number,
): Cost => {
  if (messages <= 0) throw new Error('nothing was sent, so nothing has a cost');
  const shares = new Map<string, number>();
  for (const { name, cpuSeconds } of processes) {
    shares.set(name, (shares.get(name) ?? 0) + (cpuSeconds * messagesOf) / messages);
  }
  const per100k = shares.entries().reduce((sum, [name, share]) => sum + (counted.has(name) ? share : 0), 0);
  return { per100k, shares };
};

/** In one line, what is counted first. */
export const describeCost = ({ per100k, shares }: Cost, counted: ReadonlySet<string>): string => {
  const listed = (isCounted: boolean): string =>
    [...shares]
      .filter(([name]) => counted.has(name) === isCounted)
      .map(([name, share]) => `${name} ${share.toPrecision(3)}`)
      .join(', ');
  return `${per100k.toPrecision(3)} s: ${listed(true)}; not counted: ${listed(false)}`;
};
