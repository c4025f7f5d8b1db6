// Made from `schemas/layout` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema } from '@plenum/event';

/** Panels were laid out for a ceiling of no project, and the result is kept. */
export type CalculationKeptV1 = {
  /** UUID. */
  readonly calculation_id: string;
  /** What the layout is to be best at: balanced, minimize_panels, minimize_seams, minimize_cuts, minimize_waste or maximize_symmetry. */
  readonly strategy: string;
  /** What it was calculated from. */
  readonly ceiling: CalculationKeptCeilingV1;
  /** What came of it. */
  readonly layout: CalculationKeptPanelLayoutV1;
  /** By the strategy's own objective. */
  readonly score: number;
  /** Which version of the rules made it; `imported`: a document that was read. */
  readonly algorithm: string;
  /** What it was priced with; null: it was not priced. */
  readonly material: CalculationKeptMaterialV1 | undefined;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** The ceiling and what its panels may be; millimetres. */
export type CalculationKeptCeilingV1 = {
  /** The ceiling, along x. */
  readonly length_mm: number;
  /** The ceiling, along y. */
  readonly width_mm: number;
  /** Between the panels and each of the four edges. */
  readonly perimeter_gap_mm: number;
  /** Between two panels. */
  readonly panel_gap_mm: number;
  /** A panel's side along the width over its side along the length. */
  readonly target_aspect_ratio: number;
  /** The longest side that a panel may have. */
  readonly max_panel_dimension_mm: number;
  /** The shortest. */
  readonly min_panel_dimension_mm: number;
  /** How many panels are tried at most, each way. */
  readonly max_panels_per_dimension: number;
};

/** Equal panels in a grid. */
export type CalculationKeptPanelLayoutV1 = {
  /** Along the ceiling's width. */
  readonly panel_width_mm: number;
  /** Along its length. */
  readonly panel_length_mm: number;
  /** Along the width. */
  readonly panels_per_row: number;
  /** Along the length. */
  readonly panels_per_column: number;
  /** Both multiplied. */
  readonly total_panels: number;
  /** What panels cover. */
  readonly total_coverage_sqm: number;
  /** All of the ceiling that no panel covers. */
  readonly gap_area_sqm: number;
};

/** What panels are made of, whole: no change of a list changes it. */
export type CalculationKeptMaterialV1 = {
  /** Of the materials that everybody has; null for a custom one. */
  readonly key: string | undefined;
  /** For people. */
  readonly name: string;
  /** lighting, acoustic, drywall, metal or custom. */
  readonly category: string;
  /** For people. */
  readonly color: string;
  /** The share of light that comes back, 0 to 1. */
  readonly reflectivity: number;
  /** US dollars for a square metre. */
  readonly cost_per_sqm: number;
  /** For people. */
  readonly notes: string;
};

/** `schemas/layout/calculation-kept.v1.avsc` */
export const calculationKeptV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'CalculationKept',
  doc: 'Panels were laid out for a ceiling of no project, and the result is kept.',
  fields: [
    {
      name: 'calculation_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'strategy',
      type: 'string',
      doc: 'What the layout is to be best at: balanced, minimize_panels, minimize_seams, minimize_cuts, minimize_waste or maximize_symmetry.',
    },
    {
      name: 'ceiling',
      type: {
        type: 'record',
        name: 'Ceiling',
        doc: 'The ceiling and what its panels may be; millimetres.',
        fields: [
          {
            name: 'length_mm',
            type: 'double',
            doc: 'The ceiling, along x.',
          },
          {
            name: 'width_mm',
            type: 'double',
            doc: 'The ceiling, along y.',
          },
          {
            name: 'perimeter_gap_mm',
            type: 'double',
            doc: 'Between the panels and each of the four edges.',
          },
          {
            name: 'panel_gap_mm',
            type: 'double',
            doc: 'Between two panels.',
          },
          {
            name: 'target_aspect_ratio',
            type: 'double',
            doc: "A panel's side along the width over its side along the length.",
          },
          {
            name: 'max_panel_dimension_mm',
            type: 'double',
            doc: 'The longest side that a panel may have.',
          },
          {
            name: 'min_panel_dimension_mm',
            type: 'double',
            doc: 'The shortest.',
          },
          {
            name: 'max_panels_per_dimension',
            type: 'int',
            doc: 'How many panels are tried at most, each way.',
          },
        ],
      },
      doc: 'What it was calculated from.',
    },
    {
      name: 'layout',
      type: {
        type: 'record',
        name: 'PanelLayout',
        doc: 'Equal panels in a grid.',
        fields: [
          {
            name: 'panel_width_mm',
            type: 'double',
            doc: "Along the ceiling's width.",
          },
          {
            name: 'panel_length_mm',
            type: 'double',
            doc: 'Along its length.',
          },
          {
            name: 'panels_per_row',
            type: 'int',
            doc: 'Along the width.',
          },
          {
            name: 'panels_per_column',
            type: 'int',
            doc: 'Along the length.',
          },
          {
            name: 'total_panels',
            type: 'int',
            doc: 'Both multiplied.',
          },
          {
            name: 'total_coverage_sqm',
            type: 'double',
            doc: 'What panels cover.',
          },
          {
            name: 'gap_area_sqm',
            type: 'double',
            doc: 'All of the ceiling that no panel covers.',
          },
        ],
      },
      doc: 'What came of it.',
    },
    {
      name: 'score',
      type: 'double',
      doc: "By the strategy's own objective.",
    },
    {
      name: 'algorithm',
      type: 'string',
      doc: 'Which version of the rules made it; `imported`: a document that was read.',
    },
    {
      name: 'material',
      type: [
        'null',
        {
          type: 'record',
          name: 'Material',
          doc: 'What panels are made of, whole: no change of a list changes it.',
          fields: [
            {
              name: 'key',
              type: ['null', 'string'],
              default: null,
              doc: 'Of the materials that everybody has; null for a custom one.',
            },
            {
              name: 'name',
              type: 'string',
              doc: 'For people.',
            },
            {
              name: 'category',
              type: 'string',
              doc: 'lighting, acoustic, drywall, metal or custom.',
            },
            {
              name: 'color',
              type: 'string',
              doc: 'For people.',
            },
            {
              name: 'reflectivity',
              type: 'double',
              doc: 'The share of light that comes back, 0 to 1.',
            },
            {
              name: 'cost_per_sqm',
              type: 'double',
              doc: 'US dollars for a square metre.',
            },
            {
              name: 'notes',
              type: 'string',
              doc: 'For people.',
            },
          ],
        },
      ],
      default: null,
      doc: 'What it was priced with; null: it was not priced.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A project's ceiling was measured. A layout that was calculated before is not one of it any more. */
export type CeilingMeasuredV1 = {
  /** UUID. */
  readonly project_id: string;
  /** The ceiling, along x. */
  readonly length_mm: number;
  /** The ceiling, along y. */
  readonly width_mm: number;
  /** Between the panels and each of the four edges. */
  readonly perimeter_gap_mm: number;
  /** Between two panels. */
  readonly panel_gap_mm: number;
  /** A panel's side along the width over its side along the length. */
  readonly target_aspect_ratio: number;
  /** The longest side that a panel may have. */
  readonly max_panel_dimension_mm: number;
  /** The shortest. */
  readonly min_panel_dimension_mm: number;
  /** How many panels are tried at most, each way. */
  readonly max_panels_per_dimension: number;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/ceiling-measured.v1.avsc` */
export const ceilingMeasuredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'CeilingMeasured',
  doc: "A project's ceiling was measured. A layout that was calculated before is not one of it any more.",
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'length_mm',
      type: 'double',
      doc: 'The ceiling, along x.',
    },
    {
      name: 'width_mm',
      type: 'double',
      doc: 'The ceiling, along y.',
    },
    {
      name: 'perimeter_gap_mm',
      type: 'double',
      doc: 'Between the panels and each of the four edges.',
    },
    {
      name: 'panel_gap_mm',
      type: 'double',
      doc: 'Between two panels.',
    },
    {
      name: 'target_aspect_ratio',
      type: 'double',
      doc: "A panel's side along the width over its side along the length.",
    },
    {
      name: 'max_panel_dimension_mm',
      type: 'double',
      doc: 'The longest side that a panel may have.',
    },
    {
      name: 'min_panel_dimension_mm',
      type: 'double',
      doc: 'The shortest.',
    },
    {
      name: 'max_panels_per_dimension',
      type: 'int',
      doc: 'How many panels are tried at most, each way.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A project's layout is to be built as it is, at what it costs. */
export type LayoutApprovedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** Which calculation it came of. */
  readonly calculation_id: string;
  /** US dollars, with waste and labour; null where no material is chosen. */
  readonly total_cost: number | undefined;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/layout-approved.v1.avsc` */
export const layoutApprovedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'LayoutApproved',
  doc: "A project's layout is to be built as it is, at what it costs.",
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'calculation_id',
      type: 'string',
      doc: 'Which calculation it came of.',
    },
    {
      name: 'total_cost',
      type: ['null', 'double'],
      default: null,
      doc: 'US dollars, with waste and labour; null where no material is chosen.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Panels were laid out for a project's ceiling. Nobody has approved it yet. */
export type LayoutCalculatedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** UUID. */
  readonly calculation_id: string;
  /** What the layout is to be best at: balanced, minimize_panels, minimize_seams, minimize_cuts, minimize_waste or maximize_symmetry. */
  readonly strategy: string;
  /** What it was calculated from. */
  readonly ceiling: LayoutCalculatedCeilingV1;
  /** What came of it. */
  readonly layout: LayoutCalculatedPanelLayoutV1;
  /** By the strategy's own objective. */
  readonly score: number;
  /** Which version of the rules made it; `imported`: a document that was read. */
  readonly algorithm: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** The ceiling and what its panels may be; millimetres. */
export type LayoutCalculatedCeilingV1 = {
  /** The ceiling, along x. */
  readonly length_mm: number;
  /** The ceiling, along y. */
  readonly width_mm: number;
  /** Between the panels and each of the four edges. */
  readonly perimeter_gap_mm: number;
  /** Between two panels. */
  readonly panel_gap_mm: number;
  /** A panel's side along the width over its side along the length. */
  readonly target_aspect_ratio: number;
  /** The longest side that a panel may have. */
  readonly max_panel_dimension_mm: number;
  /** The shortest. */
  readonly min_panel_dimension_mm: number;
  /** How many panels are tried at most, each way. */
  readonly max_panels_per_dimension: number;
};

/** Equal panels in a grid. */
export type LayoutCalculatedPanelLayoutV1 = {
  /** Along the ceiling's width. */
  readonly panel_width_mm: number;
  /** Along its length. */
  readonly panel_length_mm: number;
  /** Along the width. */
  readonly panels_per_row: number;
  /** Along the length. */
  readonly panels_per_column: number;
  /** Both multiplied. */
  readonly total_panels: number;
  /** What panels cover. */
  readonly total_coverage_sqm: number;
  /** All of the ceiling that no panel covers. */
  readonly gap_area_sqm: number;
};

/** `schemas/layout/layout-calculated.v1.avsc` */
export const layoutCalculatedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'LayoutCalculated',
  doc: "Panels were laid out for a project's ceiling. Nobody has approved it yet.",
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'calculation_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'strategy',
      type: 'string',
      doc: 'What the layout is to be best at: balanced, minimize_panels, minimize_seams, minimize_cuts, minimize_waste or maximize_symmetry.',
    },
    {
      name: 'ceiling',
      type: {
        type: 'record',
        name: 'Ceiling',
        doc: 'The ceiling and what its panels may be; millimetres.',
        fields: [
          {
            name: 'length_mm',
            type: 'double',
            doc: 'The ceiling, along x.',
          },
          {
            name: 'width_mm',
            type: 'double',
            doc: 'The ceiling, along y.',
          },
          {
            name: 'perimeter_gap_mm',
            type: 'double',
            doc: 'Between the panels and each of the four edges.',
          },
          {
            name: 'panel_gap_mm',
            type: 'double',
            doc: 'Between two panels.',
          },
          {
            name: 'target_aspect_ratio',
            type: 'double',
            doc: "A panel's side along the width over its side along the length.",
          },
          {
            name: 'max_panel_dimension_mm',
            type: 'double',
            doc: 'The longest side that a panel may have.',
          },
          {
            name: 'min_panel_dimension_mm',
            type: 'double',
            doc: 'The shortest.',
          },
          {
            name: 'max_panels_per_dimension',
            type: 'int',
            doc: 'How many panels are tried at most, each way.',
          },
        ],
      },
      doc: 'What it was calculated from.',
    },
    {
      name: 'layout',
      type: {
        type: 'record',
        name: 'PanelLayout',
        doc: 'Equal panels in a grid.',
        fields: [
          {
            name: 'panel_width_mm',
            type: 'double',
            doc: "Along the ceiling's width.",
          },
          {
            name: 'panel_length_mm',
            type: 'double',
            doc: 'Along its length.',
          },
          {
            name: 'panels_per_row',
            type: 'int',
            doc: 'Along the width.',
          },
          {
            name: 'panels_per_column',
            type: 'int',
            doc: 'Along the length.',
          },
          {
            name: 'total_panels',
            type: 'int',
            doc: 'Both multiplied.',
          },
          {
            name: 'total_coverage_sqm',
            type: 'double',
            doc: 'What panels cover.',
          },
          {
            name: 'gap_area_sqm',
            type: 'double',
            doc: 'All of the ceiling that no panel covers.',
          },
        ],
      },
      doc: 'What came of it.',
    },
    {
      name: 'score',
      type: 'double',
      doc: "By the strategy's own objective.",
    },
    {
      name: 'algorithm',
      type: 'string',
      doc: 'Which version of the rules made it; `imported`: a document that was read.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A project's panels are made of this and priced so. Who approved a layout approved it at another price. */
export type MaterialChangedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** What they are made of. */
  readonly material: MaterialChangedMaterialV1;
  /** How much more is bought than covered, as a fraction: 0.15 for 15 percent. */
  readonly waste_factor: number;
  /** Labour as a fraction of what the material costs: 0.25 for 25 percent. Null: not reckoned. */
  readonly labor_multiplier: number | undefined;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** What panels are made of, whole: no change of a list changes it. */
export type MaterialChangedMaterialV1 = {
  /** Of the materials that everybody has; null for a custom one. */
  readonly key: string | undefined;
  /** For people. */
  readonly name: string;
  /** lighting, acoustic, drywall, metal or custom. */
  readonly category: string;
  /** For people. */
  readonly color: string;
  /** The share of light that comes back, 0 to 1. */
  readonly reflectivity: number;
  /** US dollars for a square metre. */
  readonly cost_per_sqm: number;
  /** For people. */
  readonly notes: string;
};

/** `schemas/layout/material-changed.v1.avsc` */
export const materialChangedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'MaterialChanged',
  doc: "A project's panels are made of this and priced so. Who approved a layout approved it at another price.",
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'material',
      type: {
        type: 'record',
        name: 'Material',
        doc: 'What panels are made of, whole: no change of a list changes it.',
        fields: [
          {
            name: 'key',
            type: ['null', 'string'],
            default: null,
            doc: 'Of the materials that everybody has; null for a custom one.',
          },
          {
            name: 'name',
            type: 'string',
            doc: 'For people.',
          },
          {
            name: 'category',
            type: 'string',
            doc: 'lighting, acoustic, drywall, metal or custom.',
          },
          {
            name: 'color',
            type: 'string',
            doc: 'For people.',
          },
          {
            name: 'reflectivity',
            type: 'double',
            doc: 'The share of light that comes back, 0 to 1.',
          },
          {
            name: 'cost_per_sqm',
            type: 'double',
            doc: 'US dollars for a square metre.',
          },
          {
            name: 'notes',
            type: 'string',
            doc: 'For people.',
          },
        ],
      },
      doc: 'What they are made of.',
    },
    {
      name: 'waste_factor',
      type: 'double',
      doc: 'How much more is bought than covered, as a fraction: 0.15 for 15 percent.',
    },
    {
      name: 'labor_multiplier',
      type: ['null', 'double'],
      default: null,
      doc: 'Labour as a fraction of what the material costs: 0.25 for 25 percent. Null: not reckoned.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A project is put away: nothing of it changes until it is restored. */
export type ProjectArchivedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/project-archived.v1.avsc` */
export const projectArchivedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'ProjectArchived',
  doc: 'A project is put away: nothing of it changes until it is restored.',
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** There is a ceiling project. */
export type ProjectCreatedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** One line of 1 to 200 characters. */
  readonly name: string;
  /** Text of at most 2,000 characters; perhaps empty. */
  readonly description: string;
  /** At most 50, each one line of 1 to 50 characters, no two the same. */
  readonly tags: readonly string[];
  /** A JSON object as text, whatever the client keeps with it. */
  readonly metadata: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/project-created.v1.avsc` */
export const projectCreatedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'ProjectCreated',
  doc: 'There is a ceiling project.',
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'One line of 1 to 200 characters.',
    },
    {
      name: 'description',
      type: 'string',
      doc: 'Text of at most 2,000 characters; perhaps empty.',
    },
    {
      name: 'tags',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'At most 50, each one line of 1 to 50 characters, no two the same.',
    },
    {
      name: 'metadata',
      type: 'string',
      doc: 'A JSON object as text, whatever the client keeps with it.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A project has another name, description, tags or metadata: all of them as they are now. */
export type ProjectRenamedV1 = {
  /** UUID. */
  readonly project_id: string;
  /** One line of 1 to 200 characters. */
  readonly name: string;
  /** Text of at most 2,000 characters; perhaps empty. */
  readonly description: string;
  /** At most 50, each one line of 1 to 50 characters, no two the same. */
  readonly tags: readonly string[];
  /** A JSON object as text, whatever the client keeps with it. */
  readonly metadata: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/project-renamed.v1.avsc` */
export const projectRenamedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'ProjectRenamed',
  doc: 'A project has another name, description, tags or metadata: all of them as they are now.',
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'One line of 1 to 200 characters.',
    },
    {
      name: 'description',
      type: 'string',
      doc: 'Text of at most 2,000 characters; perhaps empty.',
    },
    {
      name: 'tags',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'At most 50, each one line of 1 to 50 characters, no two the same.',
    },
    {
      name: 'metadata',
      type: 'string',
      doc: 'A JSON object as text, whatever the client keeps with it.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** An archived project is back as it was. */
export type ProjectRestoredV1 = {
  /** UUID. */
  readonly project_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/layout/project-restored.v1.avsc` */
export const projectRestoredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.layout',
  name: 'ProjectRestored',
  doc: 'An archived project is back as it was.',
  fields: [
    {
      name: 'project_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};
