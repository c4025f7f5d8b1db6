/** A small town by hand: an OLT, a jumper to a panel, a cable, a closure, a second cable, a splitter, and two homes. */
import type { Fiber, NetworkRows, Patch } from '../network/network.ts';

export const feeder = (number: number): Fiber => ({ cable: { layer: 'underground_cable', id: 1 }, number });
export const distribution = (number: number): Fiber => ({ cable: { layer: 'aerial_cable', id: 1 }, number });
export const drop = (id: number): Fiber => ({ cable: { layer: 'aerial_cable', id }, number: 1 });

export const elements = { olt: 100, panel: 101, splitter: 102, homes: [103, 104], spare: 105 } as const;

export const patchOf = (id: number, element: number, port: number, more: Partial<Patch> = {}): Patch => ({
  ...{ id, element, port, fiber: undefined, connectedTo: undefined, status: 'used' },
  ...more,
});

/**
 * OLT 100/1 = jumper = panel 101/5, feeder fibre 1 (2,000 m), splice 1 (0.05 dB), distribution fibre 7 (500 m), splitter 102 at 1:2, a
 * drop to each of two homes (30 and 40 m).
 */
export const smallTown: NetworkRows = {
  cables: [
    { layer: 'underground_cable', id: 1, lengthM: 2_000, attenuation: undefined },
    { layer: 'aerial_cable', id: 1, lengthM: 500, attenuation: 0.3 },
    { layer: 'aerial_cable', id: 2, lengthM: 30, attenuation: undefined },
    { layer: 'aerial_cable', id: 3, lengthM: 40, attenuation: undefined },
  ],
  splices: [{ id: 1, a: feeder(1), b: distribution(7), lossDb: 0.05, status: 'spliced' }],
  patches: [
    patchOf(1, elements.olt, 1, { connectedTo: 2 }),
    patchOf(2, elements.panel, 5, { fiber: feeder(1) }),
    patchOf(3, elements.splitter, 0, { fiber: distribution(7) }),
    patchOf(4, elements.splitter, 1, { fiber: drop(2) }),
    patchOf(5, elements.splitter, 2, { fiber: drop(3) }),
    patchOf(6, elements.homes[0], 1, { fiber: drop(2) }),
    patchOf(7, elements.homes[1], 1, { fiber: drop(3) }),
  ],
  splitters: [{ element: elements.splitter, outputs: 2 }],
};
