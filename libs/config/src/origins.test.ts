import assert from 'node:assert/strict';
import { it } from 'node:test';
import { origins } from './origins.ts';
import { readConfig } from './read-config.ts';

const settings = {
  PAGES: origins({ about: 'Pages.', optional: true }),
  ANY: origins({ about: 'Pages, or all.', fallback: [], orAny: true }),
};
const pages = (PAGES: string) => readConfig(settings, { PAGES }).PAGES;

it('reads an origin into the one form in which browsers write it', () => {
  for (const written of [
    'https://plans.example.com',
    ' https://plans.example.com/ ',
    'HTTPS://Plans.Example.COM',
    'https://plans.example.com:443',
    'https://plans.example.com,https://plans.example.com/',
  ]) {
    assert.deepEqual(pages(written), ['https://plans.example.com'], written);
  }
  assert.deepEqual(pages('http://localhost:5173,https://b\u00fccher.example'), [
    ...['http://localhost:5173', 'https://xn--bcher-kva.example'],
  ]);
  assert.equal(pages(''), undefined);
});

it('refuses what no browser says of a page', () => {
  for (const wrong of [
    ...['plans.example.com', 'https://plans.example.com/app', 'https://a.example?x', 'https://a.example#x'],
    ...['https://me@a.example', 'ftp://a.example', 'null', '*', ',', 'https://a.example,b'],
  ]) {
    assert.throws(() => pages(wrong), /origins/, wrong);
  }
});

it('takes an asterisk only where all may be meant', () => {
  assert.deepEqual(readConfig(settings, { ANY: '*' }).ANY, ['*']);
  assert.deepEqual(readConfig(settings, {}).ANY, []);
});
