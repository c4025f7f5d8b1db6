import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeTable, nodeTableMax, type ReadCsv } from './node-table.ts';

/** Commas and line ends, and nothing else. */
const readCsv: ReadCsv = (text) => ({
  outcome: 'read',
  records: text.split('\n').map((line, index) => ({ line: index + 1, fields: line.split(',') })),
});

const linesOf = (...lines: readonly string[]) => {
  const read = nodeTable(lines.join('\n'), readCsv);
  assert.ok(read.outcome === 'read', JSON.stringify(read));
  return read.lines;
};

it('each line is a node, with what is not said as the replaced system had it', () => {
  assert.deepEqual(linesOf('sensors,node_id,z,y,x', 'temperature; humidity ;,n1,-3.5,2e1,.5'), [
    {
      ...{ line: 2, nodeId: 'n1', outcome: 'understood' },
      description: {
        ...{ location: { x: 0.5, y: 20, z: -3.5, zone: undefined }, sensors: ['temperature', 'humidity'] },
        ...{ firmware_version: '1.0.0', capabilities: '{}' },
      },
    },
  ]);
  const [full] = linesOf(
    'node_id,x,y,z,zone,sensors,firmware_version,capabilities',
    'n1,1,2,3,roof,,2.1,{ "wireless": true }',
  );
  assert.partialDeepStrictEqual(full, {
    description: {
      ...{ location: { zone: 'roof' }, sensors: [], firmware_version: '2.1', capabilities: '{"wireless":true}' },
    },
  });
});

it('a line that is wrong says why, and no other is', () => {
  const head = 'node_id,x,y,z,sensors,capabilities';
  for (const [line, reason] of [
    ['all,1,2,3,,', /names a group/],
    ['a/b,1,2,3,,', /takes no \//],
    [',1,2,3,,', /takes 1 to 128/],
    ['n1,,2,3,,', /a number each/],
    ['n1,1,0x2,3,,', /a number each/],
    ['n1,1,2,1e999,,', /a number each/],
    ['n1,1,2,3,', /5 values in 6 columns/],
    ['n1,1,2,3,,[]', /a JSON object/],
    ['n1,1,2,3,,{', /a JSON object/],
  ] as const) {
    const [bad, good] = linesOf(head, line, 'n2,1,2,3,,');
    assert.ok(bad?.outcome === 'refused', line);
    assert.match(bad.reason, reason, line);
    assert.equal(good?.outcome, 'understood', line);
  }
});

it('a node is in one line alone', () => {
  const lines = linesOf('node_id,x,y,z,sensors', 'n1,,2,3,', 'n1,1,2,3,', 'n2,1,2,3,', 'n1,1,2,3,');
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ['refused', 'understood', 'understood', 'refused'],
  );
  assert.partialDeepStrictEqual(lines[3], { reason: 'Line 3 is of this node.' });
});

it('a table without its columns, or with too many nodes, is none', () => {
  const line = 'n1,1,2,3,';
  for (const [text, reason] of [
    ['', /names no column node_id, x, y, z, sensors/],
    ['node_id,x,y,z', /names no column sensors/],
    ['node_id,x,y,z,sensors,owner', /names owner, and columns are/],
    ['node_id,x,y,z,sensors,x', /a column twice/],
    [`node_id,x,y,z,sensors${`\n${line}`.repeat(nodeTableMax + 1)}`, /more than 1000 nodes/],
  ] as const) {
    const read = nodeTable(text, readCsv);
    assert.ok(read.outcome === 'unreadable', text.slice(0, 40));
    assert.match(read.reason, reason);
  }
  assert.equal(linesOf('node_id,x,y,z,sensors', ...Array(nodeTableMax).fill(line)).length, nodeTableMax);
});
