import { defineCommand } from '../command-line/command.ts';
import { flag, optionalChoice, optionalText, shortFlag, text } from '../command-line/options.ts';

export const ceilingCalculate = defineCommand({
  name: 'ceiling calculate',
  summary: 'Lay a ceiling out in panels, price it and write its drawings.',
  about:
    'Finds the best grid of equal panels for a ceiling and writes ceiling_layout.dxf, .svg and .pdf, ceiling_report.txt and ' +
    'ceiling_project.json. It needs no server and no database. Each file is read back by another program than the one that ' +
    'wrote it before it takes its name, and files of an earlier run are replaced.\n\n' +
    'What holds is said by a file of settings, over it by options, and over both by answers to --interactive. A time that is ' +
    'printed is now, or SOURCE_DATE_EPOCH where that is set.',
  options: {
    config: optionalText('A JSON file with any of the settings of a calculation.', 'FILE'),
    length: optionalText('Length of the ceiling, along x. Without it 5000.', 'MM'),
    width: optionalText('Width of the ceiling, along y. Without it 4000.', 'MM'),
    'perim-gap': optionalText('Gap at all four edges. Without it 200.', 'MM'),
    'panel-gap': optionalText('Gap between panels. Without it 200.', 'MM'),
    material: optionalText('What panels are of. Without it led_panel_white.', 'KEY'),
    waste: optionalText('What is bought besides, as a share. Without it 0.15.', 'SHARE'),
    labor: optionalText('Labor as a share of the material, or none. Without it 0.25.', 'SHARE'),
    strategy: optionalText('What the layout is to be best at. Without it balanced.', 'NAME'),
    'output-dir': optionalText('The folder to write to; made if it is missing. Without it the current one.', 'FOLDER'),
    name: text({ about: 'What drawings call the project.', fallback: 'Ceiling', placeholder: 'NAME' }),
    paper: optionalChoice(['a4', 'a3'], { about: 'Of the PDF.', otherwise: 'a4' }),
    'no-dxf': flag('Write no DXF.'),
    'no-svg': flag('Write no SVG.'),
    'no-pdf': flag('Write no PDF.'),
    'no-json': flag('Write no project document.'),
    'no-report': flag('Write no report.'),
    interactive: shortFlag('i', 'Ask for each setting.'),
    json: flag('One JSON object on standard output: layout, costs, and every file with its SHA-256.'),
  },
  examples: [
    'ceiling calculate --length 4800 --width 3600',
    'ceiling calculate --config ceiling.json --material acoustic_white --strategy minimize_panels --output-dir out',
    'ceiling calculate --interactive',
  ],
  readsSettings: false,
  // Loaded when it is wanted: the list of commands is shown without all of this.
  run: async (values, surroundings) => (await import('./calculate.ts')).calculate(values, surroundings),
});
