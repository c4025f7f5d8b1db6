/** What loses its light when a cable is cut. */
import type { CableName, Fiber, Joint, Network } from './network.ts';
import { type Way, waysOutOf } from './ways.ts';

export type Cut = {
  readonly cable: CableName;
  /** Metres from the cable's first point. */
  readonly atM: number;
};

export type Port = { readonly element: number; readonly port: number };

export type CutFiber = {
  readonly number: number;
  /** Ports that have lost what they were joined to, by element and port. Where one side has a source, those of the other. */
  readonly dark: readonly Port[];
};

export type CutParts = {
  /** How far along the cable a joint of one of its fibres lies, in metres; `undefined`: nobody knows. */
  readonly along: (joint: Joint, cable: CableName) => number | undefined;
  /** Whether light comes from this element, as from an OLT. */
  readonly isSource: (element: number) => boolean;
};

/**
 * Fibres that are interrupted, in order. A fibre whose joints both lie on one side of the cut, as where a cable is opened
 * midway, is not; where it is not known how they lie, they are taken to lie at its two ends.
 */
export const cutFibers = (network: Network, cut: Cut, { along, isSource }: CutParts): readonly CutFiber[] =>
  network.joinedFibers(cut.cable).flatMap((number) => {
    const fiber = { cable: cut.cable, number };
    const joints = network.jointsOf(fiber);
    const places = joints.map((joint) => along(joint, cut.cable));
    if (joints.length > 1 && areOnOneSide(places, cut.atM)) return [];
    return [{ number, dark: darkPorts(sidesOf(network, fiber, joints), isSource) }];
  });

const areOnOneSide = (places: readonly (number | undefined)[], atM: number): boolean =>
  places.every((place) => place !== undefined && place < atM) ||
  places.every((place) => place !== undefined && place > atM);

/** Ports at either side of the cut: beyond each joint, away from the others. */
const sidesOf = (network: Network, fiber: Fiber, joints: readonly Joint[]): readonly (readonly Port[])[] => {
  const [one, other] = joints;
  if (one === undefined) return [];
  const beyond = (from: Joint | undefined) => portsOf(waysOutOf(network, fiber, from));
  return other === undefined ? [beyond(undefined)] : [beyond(other), beyond(one)];
};

const portsOf = (ways: readonly Way[]): readonly Port[] =>
  ways.flatMap(({ end }) => (end.end === 'port' ? [{ element: end.element, port: end.port }] : []));

const darkPorts = (sides: readonly (readonly Port[])[], isSource: CutParts['isSource']): readonly Port[] => {
  const fed = sides.map((ports) => ports.some(({ element }) => isSource(element)));
  const dark = fed.filter(Boolean).length === 1 ? sides.filter((_, index) => fed[index] !== true) : sides;
  const byPort = new Map(dark.flat().map((port) => [`${port.element}/${port.port}`, port]));
  return [...byPort.values()].toSorted((one, other) => one.element - other.element || one.port - other.port);
};
