/** What is recorded of each feature: its fields, by the names of the columns that clients of the replaced system know. */
import type { Layer } from './layers.ts';

export type FeatureField = {
  readonly type: 'text' | 'integer' | 'real' | 'time';
  /** Serbian names say little to most people. */
  readonly about: string;
  /** What a new feature has unless something is said. */
  readonly initial?: string | number;
  /** The same, and it is the year in which the feature is recorded. */
  readonly isYear?: true;
};

/** Layers whose features are recorded one by one: nine kinds in eight tables, and elements. */
export type FeatureLayer = Exclude<Layer, 'splice_closure' | 'work_order' | 'smr_report' | 'field_photo'>;

export type FeatureFields = Readonly<Record<string, FeatureField>>;

const text = (about: string): FeatureField => ({ type: 'text', about });
const integer = (about: string): FeatureField => ({ type: 'integer', about });
const real = (about: string): FeatureField => ({ type: 'real', about });

const named = { naziv: text('Name.') };
const typed = { tip: text('Type.') };
const stanje: FeatureField = { type: 'text', about: 'Planned, Built or Existing.', initial: 'Planned' };
const note = { napomena: text('Note.') };
const dated: FeatureFields = {
  stanje,
  godina_ugradnje: { type: 'integer', about: 'Year of installation.', isYear: true },
};

const cable: FeatureFields = {
  ...named,
  ...typed,
  podtip: text('Subtype: backbone, distribution or drop.'),
  kapacitet: text('Capacity.'),
  broj_cevcica: integer('Number of tubes.'),
  broj_vlakana: integer('Number of fibres.'),
  tip_kabla: text('What kind of cable.'),
  vrsta_vlakana: text('What kind of fibre.'),
  color_code: text('The colour catalogue that its fibres and tubes follow.'),
  od: text('Where it begins.'),
  do_: text('Where it ends.'),
  relacija: text('The relation that it is part of.'),
  duzina_m: real('Length along the ground, metres.'),
  slack_m: { type: 'real', about: 'Length in slacks, metres.', initial: 0 },
  total_len_m: real('Both together, metres.'),
  ...dated,
  ...note,
};

/** Breaks and slacks have one table, and each uses some of it. */
const breakOrSlack: FeatureFields = {
  ...named,
  ...typed,
  kabl_layer_id: text('The layer of the cable that it is of, as a client calls it.'),
  kabl_fid: integer('The id of that cable.'),
  duzina_m: real('Of a slack: its length, metres.'),
  lokacija: text('Of a slack: where it is kept.'),
  strana: text('Of a slack: at which end of the cable.'),
  distance_m: real('Of a break: how far along the cable, metres.'),
  segments_hit: integer('Of a break: how many segments of the cable it lies at.'),
  vreme: { type: 'time', about: 'When it was found.' },
  ...note,
};

/** In the order of the columns of each table. */
export const featureFields: Readonly<Record<FeatureLayer, FeatureFields>> = {
  manhole: {
    ...named,
    ...typed,
    broj_okna: text('Number of the manhole.'),
    adresa_ulica: text('Street.'),
    adresa_broj: text('House number.'),
    ...dated,
    ...note,
  },
  pole: { ...named, ...typed, visina: real('Height, metres.'), materijal: text('Material.'), ...dated, ...note },
  underground_cable: cable,
  aerial_cable: cable,
  route: {
    ...named,
    tip_trase: text('Aerial, underground, or through an object.'),
    duzina_m: real('Length, metres.'),
    stanje,
    ...note,
  },
  pipe: {
    ...named,
    ...typed,
    materijal: text('Material.'),
    fi: real('Diameter, millimetres.'),
    kapacitet: text('Capacity.'),
    duzina_m: real('Length, metres.'),
    stanje,
    ...note,
  },
  joint_closure: { ...named, ...typed, kapacitet: text('Capacity.'), ...dated, ...note },
  fiber_break: breakOrSlack,
  optical_slack: breakOrSlack,
  element: {
    ...named,
    ...typed,
    proizvodjac: text('Manufacturer.'),
    oznaka: text('Label.'),
    kapacitet: integer('Number of ports.'),
    ukupno_kj: integer('Fibres in all.'),
    zahtev_kapaciteta: integer('Ports that are asked for.'),
    zahtev_rezerve: integer('Ports in reserve.'),
    oznaka_izvoda: text('Label of the outlet.'),
    numeracija: text('Numbering.'),
    naziv_objekta: text('Name of the building.'),
    adresa_ulica: text('Street.'),
    adresa_broj: text('House number.'),
    address_id: text('Id of the address.'),
    ...dated,
    ...note,
  },
};
