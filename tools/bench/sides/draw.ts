/** A plan of very many panels, drawn, written as DXF and put into storage, which hashes and syncs it. */
import { mkdir, rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Drawing } from '@plenum/drawing';
import { certifyDxf, writeDxf } from '@plenum/dxf';
import { openLocalFiles } from '@plenum/files';
import { planDrawing } from '@plenum/layout';
import type { Files } from '@plenum/runtime';
import { serve } from '../machine/serve.ts';
import type { Passes } from './passes.ts';

export type Start = { readonly folder: string };

/** `ms` in which `records` shapes were drawn and stored; reading one of the files back took `certifyMs` besides. */
export type Drawn = Passes & { readonly certifyMs: number };

/** As many each way, square, in millimetres. */
const panels = 100;
const [panel, gap] = [350, 100];
const side = panels * panel + (panels + 1) * gap;

const closing = new AsyncDisposableStack();
let files: Files | undefined;
let drawn = 0;

/** Answers the drawing, for others to draw. */
const start = async ({ folder }: Start): Promise<Drawing> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  files = await openLocalFiles({ folder });
  return plan();
};

const plan = (): Drawing =>
  planDrawing({
    title: 'Hall',
    ceiling: { length_mm: side, width_mm: side, perimeter_gap_mm: gap, panel_gap_mm: gap },
    layout: {
      ...{ panel_width_mm: panel, panel_length_mm: panel, panels_per_row: panels, panels_per_column: panels },
      ...{ total_panels: panels ** 2, total_coverage_sqm: (panels * panel) ** 2 / 1e6 },
      gap_area_sqm: (side ** 2 - (panels * panel) ** 2) / 1e6,
    },
  });

const run = async ({ seconds }: { readonly seconds: number }): Promise<Drawn> => {
  if (files === undefined) throw new Error('not started');
  const fromMs = performance.now();
  let [records, passes] = [0, 0];
  let name = '';
  do {
    if (name !== '') await files.remove(name);
    drawn += 1;
    name = `plan-${drawn}.dxf`;
    const drawing = plan();
    await files.put(name, once(writeDxf(drawing)), { bytesMax: 1e12 });
    records += drawing.shapes.length;
    passes += 1;
  } while (performance.now() - fromMs < seconds * 1000);
  const ms = performance.now() - fromMs;
  const certifyMs = await certifying(files, name);
  await files.remove(name);
  return { records, passes, ms, certifyMs };
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

const certifying = async ({ get }: Files, name: string): Promise<number> => {
  const fromMs = performance.now();
  const stored = await get(name);
  if (stored === undefined) throw new Error(`${name} is not there`);
  const { problems } = certifyDxf(await buffer(stored.content), plan(), stored.file.digest);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return performance.now() - fromMs;
};

serve({ start, run }, () => closing.disposeAsync());
