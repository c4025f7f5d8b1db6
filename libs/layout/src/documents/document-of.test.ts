import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectOf } from '../testing/projects.ts';
import { documentFormats, documentOf } from './document-of.ts';

const asked = { name: 'Hall', project: projectOf() };

describe('what is handed out of a project', () => {
  it('is a plan, a picture, a sheet, a report and the document itself', () => {
    const kinds = documentFormats.map((format) => [format, documentOf(format, asked).kind]);
    assert.deepEqual(Object.fromEntries(kinds), {
      dxf: 'drawing',
      svg: 'drawing',
      pdf: 'sheet',
      txt: 'text',
      json: 'text',
    });
  });

  it('shows the picture of the ceiling at the scale that was asked for, in the groups that clients know', () => {
    const shown = documentOf('svg', { ...asked, scale: 2 });
    assert.partialDeepStrictEqual(shown, { view: { scale: 2, page: { width: 4800, height: 3600 } } });
    assert.partialDeepStrictEqual(documentOf('svg', asked), { view: { scale: 0.5 } });
    const groups = shown.kind === 'drawing' ? shown.view?.groups?.map(({ id }) => id) : [];
    assert.deepEqual(groups, ['panels', 'annotations']);
  });

  it('is printed on A4 unless A3 is asked for, and says as of which position', () => {
    const sheet = documentOf('pdf', { ...asked, position: 'decisions/0@42' });
    assert.partialDeepStrictEqual(sheet, { sheet: { paper: 'a4' } });
    assert.partialDeepStrictEqual(documentOf('pdf', { ...asked, paper: 'a3' }), { sheet: { paper: 'a3' } });
    assert.ok(sheet.kind === 'sheet' && sheet.sheet.titleBlock.some(([, value]) => value === 'decisions/0@42'));
  });
});
