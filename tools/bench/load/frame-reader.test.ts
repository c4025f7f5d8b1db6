import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventIn, frameReader, valueIn } from './frame-reader.ts';

const reading =
  'id: a:1;0.0.k\nevent: readings\ndata: {"type":"t","data":{"sensor_id":"s","value":120,"unit":"°C"}}\n\n';

it('reads frames however their bytes are cut', () => {
  const said = Buffer.from(`retry: 2000\n\n${reading}:\nid: a:1\n\n${reading}`);
  for (let cut = 1; cut < said.length; cut += 1) {
    const seen: unknown[] = [];
    const reader = frameReader((frame) => seen.push(eventIn(frame) === undefined ? undefined : valueIn(frame)));
    reader.read(said.subarray(0, cut));
    reader.read(said.subarray(cut));
    assert.deepEqual(seen, [undefined, 120, undefined, 120], `cut at ${cut}`);
  }
});

it('knows what a frame is called, and takes nothing else for a reading', () => {
  const seen: Buffer[] = [];
  const reader = frameReader((frame) => seen.push(Buffer.from(frame)));
  reader.read(Buffer.from(`${reading}id: a:1\nevent: ready\ndata: {"kinds":["readings"]}\n\n`));
  reader.read(Buffer.from('event: end\ndata: {"reason":"slow"}\n\nretry: 1\n\n:\nid: event: 1\n\n'));
  assert.deepEqual(seen.map(eventIn), ['readings', 'ready', 'end', undefined, undefined]);
  assert.throws(() => valueIn(seen[1] ?? Buffer.alloc(0)), /no value in id: a:1/);
});
