export { flipped, truncated } from './damage.ts';
export { mutants } from './mutants.ts';
export { hostileTexts, manyPanels, sampleDrawing } from './sample-drawing.ts';
export { sampleSheet } from './sample-sheet.ts';
