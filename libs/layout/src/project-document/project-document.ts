import { type Costs, costsOf, materialCost } from '../costs/costs.ts';
import type { Material, MaterialCategory } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import type { Ceiling } from '../panels/panel-places.ts';

/**
 * A project as a file (`ceiling_project.json`), as the calculator that this replaces writes it; `costs` and
 * `material.cost_per_sqm` are from its older generation, and stand beside what the newer one has.
 */
export type ProjectDocument = {
  readonly metadata: {
    /** A time, as ISO 8601 writes it; ours are UTC. */
    readonly generated: string;
    readonly application: string;
    /** In documents of the older generation: `2.0`. */
    readonly version?: string;
  };
  readonly ceiling: { readonly length_mm: number; readonly width_mm: number; readonly area_m2: number };
  readonly spacing: { readonly perimeter_gap_mm: number; readonly panel_gap_mm: number };
  readonly layout: PanelLayout;
  readonly material?: DocumentMaterial;
  readonly costs?: DocumentCosts;
};

export type DocumentMaterial = {
  readonly name: string;
  readonly category: MaterialCategory;
  readonly color: string;
  readonly reflectivity: number;
  readonly cost_per_m2: number;
  /** The same. */
  readonly cost_per_sqm: number;
  readonly notes: string;
  /** Of the panels alone, without waste and labor. */
  readonly total_cost: number;
};

/** `waste_factor` is a share. */
export type DocumentCosts = Costs & { readonly waste_factor: number };

/** What is written down of a project. */
export type Project = {
  readonly generated: string;
  readonly ceiling: Ceiling;
  readonly layout: PanelLayout;
  /** With what is counted besides: waste and labor as shares. */
  readonly material?: Material;
  readonly waste_factor: number;
  readonly labor_multiplier: number | null;
};

export const application = 'Ceiling Panel Calculator';

export const projectDocument = (project: Project): ProjectDocument => {
  const { generated, ceiling, layout, material } = project;
  const { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm } = ceiling;
  return {
    metadata: { generated, application },
    ceiling: { length_mm, width_mm, area_m2: areaOf(ceiling) },
    spacing: { perimeter_gap_mm, panel_gap_mm },
    layout,
    ...(material === undefined ? {} : { material: materialIn(layout, material), costs: costsIn(project, material) }),
  };
};

/** Square metres. */
export const areaOf = ({ length_mm, width_mm }: Pick<Ceiling, 'length_mm' | 'width_mm'>): number =>
  (length_mm * width_mm) / 1e6;

const materialIn = (layout: PanelLayout, material: Material): DocumentMaterial => ({
  name: material.name,
  category: material.category,
  color: material.color,
  reflectivity: material.reflectivity,
  cost_per_m2: material.cost_per_sqm,
  cost_per_sqm: material.cost_per_sqm,
  notes: material.notes,
  total_cost: materialCost(layout.total_coverage_sqm, material.cost_per_sqm),
});

const costsIn = ({ layout, waste_factor, labor_multiplier }: Project, { cost_per_sqm }: Material): DocumentCosts => ({
  ...costsOf(layout.total_coverage_sqm, { cost_per_sqm, waste_factor, labor_multiplier }),
  waste_factor,
});

/** The document as the text of a file. */
export const documentText = (document: ProjectDocument): string => `${JSON.stringify(document, undefined, 2)}\n`;
