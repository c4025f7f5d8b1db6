/**
 * What a domain's clients would have decided, drawn by chance: for the simulation, as commands, and for chaos, as requests of
 * its routes. Some are refused, which is a part of it. A domain whose decisions are to be tried in both exports it as
 * `traffic` from its testing kit.
 */
import type { Command } from '@plenum/event';

export type Draw = {
  /** A whole number from 0 up to but without `below`. */
  readonly below: (below: number) => number;
};

export type Traffic = {
  readonly command: (draw: Draw) => Command;
  /** Below `/api/v1`; the caller may do everything. */
  readonly request: (draw: Draw) => {
    readonly method: 'POST' | 'PATCH' | 'DELETE';
    readonly path: string;
    readonly body?: object;
  };
};

/** Of each of these domains that has some. */
export const trafficOf = async (domains: readonly { readonly name: string }[]): Promise<readonly Traffic[]> => {
  const found: Traffic[] = [];
  for (const { name } of domains) {
    // Found by the name of the domain, as what is expected of its routes.
    const kit = `@plenum/${name}/testing`;
    const { traffic }: { readonly traffic?: Traffic } = await import(kit);
    if (traffic !== undefined) found.push(traffic);
  }
  return found;
};
