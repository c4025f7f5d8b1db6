import { ceilingLimits } from '../ceiling/ceiling-input.ts';
import type { Checked } from '../input-problem.ts';
import { misfitOf } from '../panels/panel-places.ts';
import { checked, inside, note, number, type Reading, readingOf, text } from '../read-fields.ts';
import { readCosts, readMaterial } from './document-price.ts';
import { application, areaOf, type ProjectDocument } from './project-document.ts';

/** A megabyte holds a document a hundred times over. */
export const documentLengthMax = 1_048_576;

/**
 * A project document, as text or as parsed JSON, with every problem at once: ours, those of the calculator that this replaces,
 * and those of its older generations, which have the price under another name or no costs. What belongs to none of them is left
 * out. Numbers have to agree with each other: the panels fill the ceiling to a millimetre each way, as they always had to.
 */
export const readProjectDocument = (given: unknown): Checked<ProjectDocument> => {
  if (typeof given !== 'string') return readParsed(given);
  if (given.length > documentLengthMax) {
    return {
      problems: [
        { field: '', code: 'too-long', message: `the document takes more than ${documentLengthMax} characters` },
      ],
    };
  }
  try {
    return readParsed(JSON.parse(given));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problems: [{ field: '', code: 'not-json', message: `the document is not JSON: ${error.message}` }] };
  }
};

const readParsed = (given: unknown): Checked<ProjectDocument> => {
  const reading = readingOf(given);
  const metadata = readMetadata(inside(reading, 'metadata'));
  const ceiling = readCeiling(inside(reading, 'ceiling'));
  const spacing = readSpacing(inside(reading, 'spacing'));
  const layout = readLayout(inside(reading, 'layout'));
  const costs = isGiven(reading, 'costs') ? readCosts(inside(reading, 'costs')) : undefined;
  const material = isGiven(reading, 'material') ? readMaterial(inside(reading, 'material'), layout) : undefined;
  const document: ProjectDocument = {
    ...{ metadata, ceiling, spacing, layout },
    ...(material === undefined ? {} : { material }),
    ...(costs === undefined ? {} : { costs }),
  };
  if (reading.problems.length === 0) noteContradictions(reading, document);
  return checked(reading, document);
};

const isGiven = ({ fields }: Reading, field: string): boolean =>
  Object.hasOwn(fields, field) && fields[field] !== undefined && fields[field] !== null;

const shortText = { max: 100 } as const;

const readMetadata = (reading: Reading): ProjectDocument['metadata'] => ({
  generated: text(reading, 'generated', shortText),
  application: text(reading, 'application', { ...shortText, fallback: application }),
  ...(isGiven(reading, 'version') ? { version: text(reading, 'version', shortText) } : {}),
});

const readCeiling = (reading: Reading): ProjectDocument['ceiling'] => {
  const size = {
    length_mm: number(reading, 'length_mm', ceilingLimits.dimension_mm),
    width_mm: number(reading, 'width_mm', ceilingLimits.dimension_mm),
  };
  return { ...size, area_m2: number(reading, 'area_m2', areaSqm) };
};

/** What 50 metres by 50 metres are; what is computed in doubles may come out a hair below zero. */
const areaSqm = { min: -1e-6, max: 2500 } as const;

const readSpacing = (reading: Reading): ProjectDocument['spacing'] => ({
  perimeter_gap_mm: number(reading, 'perimeter_gap_mm', ceilingLimits.gap_mm),
  panel_gap_mm: number(reading, 'panel_gap_mm', ceilingLimits.gap_mm),
});

const readLayout = (reading: Reading): ProjectDocument['layout'] => {
  const panel = { min: 1, max: ceilingLimits.dimension_mm.max };
  const count = { ...ceilingLimits.panels_per_dimension, whole: true };
  return {
    panel_width_mm: number(reading, 'panel_width_mm', panel),
    panel_length_mm: number(reading, 'panel_length_mm', panel),
    panels_per_row: number(reading, 'panels_per_row', count),
    panels_per_column: number(reading, 'panels_per_column', count),
    total_panels: number(reading, 'total_panels', { min: 1, max: count.max ** 2, whole: true }),
    total_coverage_sqm: number(reading, 'total_coverage_sqm', areaSqm),
    gap_area_sqm: number(reading, 'gap_area_sqm', areaSqm),
  };
};

/** Areas were written with as few as two decimals. */
const areaTolerance = 0.01;

const noteContradictions = (reading: Reading, { ceiling, spacing, layout }: ProjectDocument): void => {
  const differ = (field: string, found: number, expected: number): void => {
    if (Math.abs(found - expected) > areaTolerance)
      note(reading, field, 'contradiction', `must be ${expected}, not ${found}`);
  };
  const { panels_per_row: rows, panels_per_column: columns } = layout;
  differ('ceiling.area_m2', ceiling.area_m2, areaOf(ceiling));
  differ('layout.total_panels', layout.total_panels, rows * columns);
  const covered = (layout.panel_width_mm * layout.panel_length_mm * rows * columns) / 1e6;
  differ('layout.total_coverage_sqm', layout.total_coverage_sqm, covered);
  differ('layout.gap_area_sqm', layout.gap_area_sqm, areaOf(ceiling) - covered);
  const misfit = misfitOf({ ...ceiling, ...spacing }, layout);
  for (const [field, off] of [
    ['layout.panel_length_mm', misfit.length_mm],
    ['layout.panel_width_mm', misfit.width_mm],
  ] as const) {
    if (off >= 1) note(reading, field, 'contradiction', `leaves the panels off the ceiling's size by ${off} mm`);
  }
};
