import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NodeResponded, type NodeRespondedData } from '@plenum/ceiling';
import type { DecidedTables, Event } from '@plenum/event';
import type { CommandCommand } from './command-rules.ts';
import { nodeAnswers } from './node-answers.ts';

const wrongUs = 1_000;
const databaseUs = 2_000_000;

const said = (outcome: string): Event<NodeRespondedData> => ({
  ...{ id: 'a1', type: NodeResponded.type, source: 'ceiling/nodes/n/responses' },
  ...{ effectiveTimeUs: wrongUs, recordedTimeUs: wrongUs },
  data: {
    ...{ node_id: 'n', command_id: 'c', outcome, detail: undefined, result: undefined, timestamp: undefined },
    ...{ device_time: undefined, message_id: undefined },
  },
});

const tools = { sha1: () => assert.fail('nothing is named'), sha256: () => assert.fail('nothing is refused') };

it('a node that goes on gets its time by the clock of the database, whatever the bridge takes it for', async () => {
  const tables = (async () => [{ now_us: `${databaseUs}` }]) as DecidedTables; // It is asked for nothing else.
  for (const outcome of ['executing', 'succeeded', 'failed']) {
    const event = said(outcome);
    const found = await nodeAnswers.lookUp?.(event, tables);
    const [command = assert.fail('nothing is asked for')] = nodeAnswers.react(event, found, tools);
    const { nowUs } = command.data as Extract<CommandCommand, { readonly do: 'answer' }>; // It is one.
    // Of one that has ended nothing is timed any more.
    assert.equal(nowUs, outcome === 'executing' ? databaseUs : wrongUs);
  }
});
