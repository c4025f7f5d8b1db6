/** `npm run check`: every static gate, a line each. Exits 1 if one fails. */
import path from 'node:path';
import { report, runGates } from './gate.ts';
import { gates } from './gates.ts';

const verdicts = await runGates(gates, path.resolve(import.meta.dirname, '../..'));
for (const verdict of verdicts) process.stdout.write(`${report(verdict)}\n`);
if (verdicts.length === 0 || verdicts.some(({ passed }) => !passed)) process.exitCode = 1;
