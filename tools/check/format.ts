/** `npm run format`: formats every file and applies the lint fixes that cannot change what the code does. */
import path from 'node:path';
import { runProgram } from './run-program.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { code, stdout, stderr } = await runProgram('biome', ['check', '--write', '--colors=off', '.'], root);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
