import assert from 'node:assert/strict';
import { it } from 'node:test';
import { conformancePage } from './mqtt-conformance.ts';

const heard = (answers: readonly string[], because?: string) => ({
  ...{ does: 'hear' as const, client: 'a', answers },
  differences: because === undefined ? [] : [{ by: 'mosquitto', answers: [], because }],
});

it('the page of MQTT conformance lists themes, differences by their reason, and statements without a script', () => {
  const text = conformancePage({
    themes: [
      { name: 'a ping', level: 5, scripts: [{ name: 'is answered', steps: [heard(['pingresp']), { does: 'other' }] }] },
      {
        name: 'many',
        level: 5,
        scripts: [
          {
            name: 'answers',
            steps: [
              heard(
                Array.from({ length: 20 }, (_, at) => `puback ${at}`),
                'It is slow.',
              ),
            ],
          },
        ],
      },
    ],
    standards: [
      {
        level: 5,
        name: 'MQTT 5',
        statements: 9,
        reasons: [{ because: 'Nobody can.', statements: ['1.1-1', '1.1-2'] }],
      },
    ],
  });
  for (const line of [
    '2 exchanges say',
    '| MQTT 5 | a ping | 1 | 0 | 0 |',
    '| MQTT 5 | many | 1 | 1 | 0 |',
    '**It is slow.**',
    '| MQTT 5 | many: answers | `puback 0`, `puback 1`, `puback 2`, `puback 3`, 12 more, `puback 16`, `puback 17`, `puback 18`, `puback 19` | nothing |',
    '| MQTT 5 | Nobody can. | 1.1-1 1.1-2 |',
    'MQTT 5 has 9, of which exchanges name 7.',
  ]) {
    assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
  }
});
