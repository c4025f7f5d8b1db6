/** Catalogues of colours: the one that everybody has, those that a file brings, and the names of standards that nobody has data of. */
import { type Colour, type ColourCatalogue, tia598 } from './tia-598.ts';

/** What a cable may say that its colours follow, and of which no colours are known here. */
export const standardsWithoutColours = [
  'ANSI/EIA/TIA-598-A',
  'IEC 60793-2-50',
  'ITU-T (generic)',
  'IEC 60304',
  'Custom',
] as const;

export type FoundCatalogue =
  | { readonly catalogue: ColourCatalogue }
  /** A sentence for people. */
  | { readonly refused: string };

/** By its name; without one it is TIA-598-C. What brings no colours is refused: a guess would send somebody to the wrong fibre. */
export const catalogueNamed = (name: string | undefined, brought: readonly ColourCatalogue[] = []): FoundCatalogue => {
  const wanted = name?.trim() || tia598.name;
  const found = [...brought, tia598].find((one) => one.name === wanted);
  if (found !== undefined) return { catalogue: found };
  const isKnown = standardsWithoutColours.some((one) => one === wanted);
  return {
    refused: isKnown
      ? `There are no colours for ${wanted} here; a catalogue file may bring them.`
      : `There is no colour catalogue named ${wanted}.`,
  };
};

export const catalogueLimits = { catalogues: 20, colours: 48, nameLength: 60 } as const;

export type ReadCatalogues =
  | { readonly catalogues: readonly ColourCatalogue[] }
  /** Where it is wrong and what, for people. */
  | { readonly refused: string };

/** A catalogue file as the plugin writes it, `{"catalogs":[{"name","colors":[{"name","hex"}]}]}`, once it is parsed. */
export const readCatalogues = (file: unknown): ReadCatalogues => {
  const given = fieldOf(file, 'catalogs');
  if (!Array.isArray(given)) return { refused: 'catalogs must be a list.' };
  if (given.length > catalogueLimits.catalogues) {
    return { refused: `catalogs has more than ${catalogueLimits.catalogues}.` };
  }
  const catalogues: ColourCatalogue[] = [];
  for (const [index, one] of given.entries()) {
    const read = catalogueOf(one, `catalogs/${index}`);
    if (typeof read === 'string') return { refused: read };
    if (catalogues.some(({ name }) => name === read.name)) {
      return { refused: `catalogs/${index}/name is that of another one.` };
    }
    catalogues.push(read);
  }
  return { catalogues };
};

const catalogueOf = (given: unknown, at: string): ColourCatalogue | string => {
  const [name, colors] = [fieldOf(given, 'name'), fieldOf(given, 'colors')];
  if (!isName(name)) return `${at}/name must be text of 1 to ${catalogueLimits.nameLength} characters.`;
  if (!Array.isArray(colors) || colors.length === 0 || colors.length > catalogueLimits.colours) {
    return `${at}/colors must be a list of 1 to ${catalogueLimits.colours}.`;
  }
  const colours: Colour[] = [];
  for (const [index, colour] of colors.entries()) {
    const [colourName, hex] = [fieldOf(colour, 'name'), fieldOf(colour, 'hex')];
    if (!isName(colourName)) return `${at}/colors/${index}/name must be text.`;
    if (typeof hex !== 'string' || !/^#[0-9a-fA-F]{6}$/.test(hex)) {
      return `${at}/colors/${index}/hex must be # and six hexadecimal digits.`;
    }
    colours.push({ name: colourName, hex: hex.toLowerCase() });
  }
  return { name, colours };
};

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= catalogueLimits.nameLength;

const fieldOf = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
