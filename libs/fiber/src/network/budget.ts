/** What light loses on its way, and what is left of what a receiver needs. */
import type { Fiber, Network } from './network.ts';
import type { Segment } from './steps.ts';

/** Assumptions, each of which a site may set otherwise. Losses in dB. */
export type LossSettings = {
  /** dB/km by wavelength in nm, of a cable that does not say its own. */
  readonly attenuation: Readonly<Record<number, number>>;
  /** Of a splice that was not measured. */
  readonly splice: number;
  /** Of each port that is passed. */
  readonly connector: number;
  /** By the number of outputs; of others that of the next larger one. */
  readonly splitter: Readonly<Record<number, number>>;
  /** What may be lost in all. */
  readonly budget: number;
};

/** ITU-T G.652 fibre at its two usual wavelengths, and a passive optical network of class B+ (ITU-T G.984.2). */
export const lossDefaults: LossSettings = {
  attenuation: { 1310: 0.35, 1550: 0.22 },
  splice: 0.1,
  connector: 0.5,
  splitter: { 2: 3.7, 4: 7.3, 8: 10.5, 16: 13.8, 32: 17.1, 64: 20.5, 128: 23.8 },
  budget: 28,
};

export type Budget = {
  readonly wavelengthNm: number;
  /** The sum of all parts. */
  readonly lossDb: number;
  readonly parts: LossParts;
  readonly budgetDb: number;
  /** Below zero: more is lost than may be. */
  readonly marginDb: number;
};

export type LossParts = {
  readonly cables: number;
  readonly splices: number;
  readonly connectors: number;
  readonly splitters: number;
};

/** Metres of glass on a way, and how many of its cables nobody knows the length of: those count as nothing. */
export type WayLength = { readonly lengthM: number; readonly unknown: number };

export const lengthOf = (network: Network, segments: readonly Segment[]): WayLength => {
  let [lengthM, unknown] = [0, 0];
  for (const fiber of fibersOf(segments)) {
    const length = network.cable(fiber.cable)?.lengthM;
    if (length === undefined) unknown += 1;
    else lengthM += length;
  }
  return { lengthM, unknown };
};

/** For each wavelength that there is an attenuation of, shortest first. */
export const budgetsOf = (
  network: Network,
  segments: readonly Segment[],
  settings: LossSettings = lossDefaults,
): readonly Budget[] =>
  Object.keys(settings.attenuation)
    .map(Number)
    .toSorted((one, other) => one - other)
    .map((wavelengthNm) => {
      const parts = partsAt(network, segments, { settings, wavelengthNm });
      const lossDb = parts.cables + parts.splices + parts.connectors + parts.splitters;
      return { wavelengthNm, lossDb, parts, budgetDb: settings.budget, marginDb: settings.budget - lossDb };
    });

type At = { readonly settings: LossSettings; readonly wavelengthNm: number };

const partsAt = (network: Network, segments: readonly Segment[], { settings, wavelengthNm }: At): LossParts => {
  let [cables, splices, connectors, splitters] = [0, 0, 0, 0];
  for (const segment of segments) {
    switch (segment.kind) {
      case 'cable': {
        const cable = network.cable(segment.fiber.cable);
        const perKm = cable?.attenuation ?? settings.attenuation[wavelengthNm] ?? 0;
        cables += ((cable?.lengthM ?? 0) / 1_000) * perKm;
        break;
      }
      case 'splice':
        splices += segment.splice.lossDb ?? settings.splice;
        break;
      case 'patch':
        connectors += settings.connector;
        break;
      case 'splitter':
        splitters += splitterLoss(settings.splitter, network.splitter(segment.element)?.outputs ?? 2);
        break;
    }
  }
  return { cables, splices, connectors, splitters };
};

/** A splitter with more outputs than any that there is a loss of loses 3.5 dB for every doubling beyond the largest. */
export const splitterLoss = (losses: LossSettings['splitter'], outputs: number): number => {
  const known = Object.keys(losses)
    .map(Number)
    .toSorted((one, other) => one - other);
  const [fitting, largest] = [known.find((one) => one >= outputs), known.at(-1)];
  if (fitting !== undefined) return losses[fitting] ?? 0;
  if (largest === undefined) return 0;
  return (losses[largest] ?? 0) + 3.5 * Math.ceil(Math.log2(outputs / largest));
};

const fibersOf = (segments: readonly Segment[]): readonly Fiber[] =>
  segments.flatMap((segment) => (segment.kind === 'cable' ? [segment.fiber] : []));
