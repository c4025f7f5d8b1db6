/** What is handed out of a project, by the format of its file. */
import type { DocumentContent, Sheet } from '@plenum/drawing';
import type { NodePlace } from '../drawings/drawn.ts';
import { planDrawing } from '../drawings/plan-drawing.ts';
import { screenDrawing, screenView } from '../drawings/screen-drawing.ts';
import { sheetOf } from '../drawings/sheet-of.ts';
import { documentText, type Project, projectDocument } from '../project-document/project-document.ts';
import { reportText } from '../report/report-text.ts';

export const documentFormats = ['dxf', 'svg', 'pdf', 'txt', 'json'] as const;
export type DocumentFormat = (typeof documentFormats)[number];

export type DocumentAsked = {
  /** Of the project, for people. */
  readonly name: string;
  readonly project: Project;
  /** For the plan and the sheet. */
  readonly nodes?: readonly NodePlace[];
  /** Of the sheet; A4 without it. */
  readonly paper?: Sheet['paper'];
  /** Of the picture: pixels for a millimetre; half a pixel without it. */
  readonly scale?: number;
  /** Of the log, as the sheet shows it. */
  readonly position?: string;
};

/** The plan as DXF, the picture as SVG, the sheet as PDF, the report as text, and the project document as JSON. */
export const documentOf = (format: DocumentFormat, asked: DocumentAsked): DocumentContent => {
  const { project, scale = screenScales.screen } = asked;
  switch (format) {
    case 'dxf':
      return { kind: 'drawing', drawing: planDrawing(drawnOf(asked)) };
    case 'svg':
      return { kind: 'drawing', drawing: screenDrawing(drawnOf(asked)), view: { scale, ...screenView(project) } };
    case 'pdf':
      return {
        kind: 'sheet',
        sheet: sheetOf({ ...asked, paper: asked.paper ?? 'a4' }),
        timeUs: Date.parse(project.generated) * 1000,
      };
    case 'txt':
      return { kind: 'text', text: reportText(project) };
    case 'json':
      return { kind: 'text', text: documentText(projectDocument(project)) };
  }
};

const drawnOf = ({ name, project, nodes = [] }: DocumentAsked) => {
  const { ceiling, layout, material } = project;
  return { title: name, ceiling, layout, nodes, ...(material === undefined ? {} : { material }) };
};

/** Pixels for a millimetre, by the names that the replaced calculator had for them. */
export const screenScales = { screen: 0.5, print: 0.352, high_res: 0.705 } as const;
