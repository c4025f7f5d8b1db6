/** A ceiling as the files that are handed out of it. */
import { writeDxf } from '@plenum/dxf';
import { planDrawing, screenDrawing, screenView, sheetOf } from '@plenum/layout';
import { writePdf } from '@plenum/pdf';
import { writeSvg } from '@plenum/svg';
import type { CorpusCeiling } from './ceilings.ts';

export const formats = ['dxf', 'svg', 'pdf'] as const;
export type Format = (typeof formats)[number];

export const drawingsOf = (ceiling: CorpusCeiling) => ({
  dxf: planDrawing(ceiling),
  svg: screenDrawing(ceiling),
  pdf: sheetOf({ name: ceiling.title, paper: ceiling.paper, nodes: ceiling.nodes, project: projectOf(ceiling) }),
});
export type CeilingDrawings = ReturnType<typeof drawingsOf>;

export const filesOf = async (
  ceiling: CorpusCeiling,
  { dxf, svg, pdf } = drawingsOf(ceiling),
): Promise<Readonly<Record<Format, Uint8Array>>> => ({
  dxf: writeDxf(dxf),
  svg: writeSvg(svg, screenView(ceiling)),
  pdf: await writePdf(pdf, { at: new Date(generated) }),
});

const generated = '2026-03-04T09:15:02.118Z';

const projectOf = ({ ceiling, layout, material }: CorpusCeiling) => ({
  ...{ generated, ceiling, layout, waste_factor: 0.15, labor_multiplier: 0.25 },
  ...(material === undefined ? {} : { material }),
});
