/** The sketch of docs/examples/device: a compiler takes it, as far as declarations of what it uses can say. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const declarations = path.join(import.meta.dirname, 'arduino');
const sketch = path.resolve(import.meta.dirname, '../../docs/examples/device/plenum_device/plenum_device.ino');

const skip = await run('g++', ['--version']).then(
  () => false,
  () => 'no g++ on this machine',
);

it('the sketch of a device compiles', { skip }, async () => {
  const words = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fsyntax-only'];
  await run('g++', [...words, '-I', declarations, '-include', 'Arduino.h', '-x', 'c++', sketch]);
});
