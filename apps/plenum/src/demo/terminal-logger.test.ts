import assert from 'node:assert/strict';
import { it } from 'node:test';
import { terminalLogger } from './terminal-logger.ts';

it('shows a person what went wrong, in short and not over and over', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const logger = terminalLogger(
    (text) => lines.push(text),
    () => nowMs,
  );
  logger.info({}, 'all is well');
  logger.warn({ offset: 7n, error: new Error('gone') }, 'the log is away');
  for (let again = 0; again < 3; again += 1) logger.warn({ offset: 8n }, 'the log is away');
  logger.error({ lines: 'x\n'.repeat(500) }, 'PostgreSQL died');
  nowMs = 1_500;
  logger.warn({}, 'the log is away');
  assert.deepEqual(
    lines.map((line) => line.slice(0, 60)),
    [
      '  ! the log is away (offset: 7, error: gone)\n',
      '  ! PostgreSQL died (lines: x x x x x x x x x x x x x x x x x x',
      '  ! the log is away, and 3 like it before\n',
    ].map((line) => line.slice(0, 60)),
  );
  assert.ok(lines.every((line) => line.length < 250 && line.indexOf('\n') === line.length - 1));
});
