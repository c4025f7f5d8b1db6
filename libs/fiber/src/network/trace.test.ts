/** Traces of a small town, as clients get them: across splices, jumpers and a splitter, and where one cannot go on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { distribution, drop, elements, feeder, patchOf, smallTown } from '../testing/small-network.ts';
import { budgetsOf, lengthOf, lossDefaults, splitterLoss } from './budget.ts';
import { type NetworkRows, networkOf, type Patch } from './network.ts';
import { pathOf, statusOf } from './trace.ts';
import { type Way, wayFrom, waysFrom } from './ways.ts';

const { olt, panel, splitter, homes, spare } = elements;

const traced = (rows: NetworkRows, element: number, port: number): Way => {
  const network = networkOf(rows);
  return wayFrom(network, portOf(rows, element, port));
};

const portOf = (rows: NetworkRows, element: number, port: number): Patch =>
  networkOf(rows).patchAt(element, port) ?? assert.fail(`there is no port ${element}/${port}`);

const withPatches = (...patches: readonly Patch[]): NetworkRows => ({
  ...smallTown,
  patches: [...smallTown.patches.filter(({ id }) => !patches.some((one) => one.id === id)), ...patches],
});

describe('a trace', () => {
  it('from a home goes across a splitter, a splice and a jumper to the OLT', () => {
    const way = traced(smallTown, homes[0], 1);
    assert.equal(statusOf(way), 'complete');
    assert.deepEqual(pathOf(networkOf(smallTown), way), {
      id: 0,
      path_name: 'Port 103/1 → Port 100/1',
      ...{ olt_element_fid: 103, olt_port_number: 1, onu_element_fid: 100, onu_port_number: 1 },
      total_loss_db: 3.75,
      total_length_m: 2_530,
      status: 'traced',
      path_segments: [
        { type: 'patch', element_fid: 103, port_number: 1, cable_fid: 2, fiber_number: 1, status: 'used' },
        { type: 'cable', cable_layer_id: 'Kablovi_vazdusni', cable_fid: 2, fiber_number: 1 },
        { type: 'patch', element_fid: 102, port_number: 1, cable_fid: 2, fiber_number: 1, status: 'used' },
        { type: 'splitter', element_fid: 102, from_port: 1, to_port: 0, loss_db: 3.7 },
        { type: 'patch', element_fid: 102, port_number: 0, cable_fid: 1, fiber_number: 7, status: 'used' },
        { type: 'cable', cable_layer_id: 'Kablovi_vazdusni', cable_fid: 1, fiber_number: 7 },
        { type: 'splice', splice_id: 1, loss_db: 0.05, status: 'spliced' },
        { type: 'cable', cable_layer_id: 'Kablovi_podzemni', cable_fid: 1, fiber_number: 1 },
        { type: 'patch', element_fid: 101, port_number: 5, cable_fid: 1, fiber_number: 1, status: 'used' },
        { type: 'patch', element_fid: 100, port_number: 1, status: 'used' },
      ],
    });
  });

  it('from the OLT ends at the splitter and names its ports, and the tree below has a way to each home', () => {
    const way = traced(smallTown, olt, 1);
    assert.deepEqual(way.end, { end: 'branches', element: splitter, ports: [1, 2] });
    assert.equal(pathOf(networkOf(smallTown), way).onu_element_fid, null);
    const ways = waysFrom(networkOf(smallTown), portOf(smallTown, olt, 1));
    assert.deepEqual(
      ways.map(({ end }) => end),
      homes.map((element) => ({ end: 'port', element, port: 1 })),
    );
  });

  it('ends where a fibre is joined to nothing, and says which', () => {
    const way = traced({ ...smallTown, splices: [] }, panel, 5);
    assert.deepEqual([statusOf(way), way.end], ['open', { end: 'fiber', fiber: feeder(1) }]);
    assert.equal(pathOf(networkOf(smallTown), way).path_name, 'Port 101/5');
  });

  it('ends at a port of a splitter that leads nowhere, and at a port with nothing at either side', () => {
    const noInput = { ...smallTown, patches: smallTown.patches.filter(({ id }) => id !== 3) };
    assert.deepEqual(traced(noInput, homes[0], 1).end, { end: 'unused', element: splitter, port: 1 });
    const alone = withPatches(patchOf(9, spare, 1));
    assert.deepEqual(traced(alone, spare, 1).end, { end: 'unused', element: spare, port: 1 });
    assert.equal(statusOf(traced(alone, spare, 1)), 'open');
  });

  it('that comes back to what it has passed is a loop', () => {
    // The panel's other port leads back over the same jumper.
    const rows = withPatches(patchOf(1, olt, 1, { connectedTo: 2, fiber: distribution(7) }));
    const round = { ...rows, patches: rows.patches.filter(({ id }) => id !== 3) };
    const way = traced(round, panel, 5);
    assert.deepEqual(way.end, { end: 'loop', again: 'port 101/5' });
    assert.equal(statusOf(way), 'loop');
  });

  it('ends where more is joined than there are ends', () => {
    const third = { id: 2, a: feeder(1), b: drop(9), lossDb: undefined, status: 'planned' };
    const threefold = traced({ ...smallTown, splices: [...smallTown.splices, third] }, panel, 5);
    assert.deepEqual(threefold.end, { end: 'ambiguous', at: 'underground_cable/1/1', joints: 3 });
    const jumpers = withPatches(patchOf(8, spare, 1, { connectedTo: 2 }));
    assert.deepEqual(traced(jumpers, homes[0], 1).end, { end: 'ambiguous', at: 'port 101/5', joints: 2 });
    const sides = withPatches(
      patchOf(3, splitter, 0, { fiber: distribution(7), connectedTo: 8 }),
      patchOf(8, spare, 1),
    );
    assert.equal(statusOf(traced(sides, panel, 5)), 'ambiguous');
  });

  it('goes through a network of 20,000 splices in a row', () => {
    const count = 20_000;
    const inRow = (id: number) => ({ cable: { layer: 'underground_cable' as const, id }, number: 1 });
    const rows: NetworkRows = {
      ...{ cables: [], splitters: [] },
      splices: Array.from({ length: count }, (_, index) => ({
        ...{ id: index + 1, a: inRow(index + 2), b: inRow(index + 1), lossDb: 0.1, status: 'spliced' },
      })),
      patches: [patchOf(1, olt, 1, { fiber: inRow(1) }), patchOf(2, panel, 1, { fiber: inRow(count + 1) })],
    };
    const way = traced(rows, olt, 1);
    assert.deepEqual(way.end, { end: 'port', element: panel, port: 1 });
    assert.deepEqual(lengthOf(networkOf(rows), way.segments), { lengthM: 0, unknown: count + 1 });
  });
});

describe('a budget', () => {
  const network = networkOf(smallTown);
  const { segments } = traced(smallTown, homes[0], 1);

  it('is worked out for each wavelength, by the parts that lose something', () => {
    const [at1310, at1550, ...more] = budgetsOf(network, segments);
    assert.deepEqual([at1310?.wavelengthNm, at1550?.wavelengthNm, more.length], [1310, 1550, 0]);
    // 30 m and 2,000 m by wavelength, 500 m as that cable says.
    const cables = (perKm: number) => 2.03 * perKm + 0.5 * 0.3;
    const others = 0.05 + 5 * 0.5 + 3.7;
    assert.ok(Math.abs((at1310?.lossDb ?? 0) - (cables(0.35) + others)) < 1e-9);
    assert.ok(Math.abs((at1550?.lossDb ?? 0) - (cables(0.22) + others)) < 1e-9);
    assert.ok(Math.abs((at1310?.marginDb ?? 0) - (28 - cables(0.35) - others)) < 1e-9);
  });

  it('follows the settings, and a splice that nobody measured counts as they say', () => {
    const [splice] = smallTown.splices;
    assert.ok(splice !== undefined);
    const unmeasured = networkOf({ ...smallTown, splices: [{ ...splice, lossDb: undefined }] });
    const [home] = unmeasured.patchesOf(homes[0]);
    assert.ok(home !== undefined);
    const settings = { ...lossDefaults, attenuation: { 1625: 1 }, splice: 2, connector: 0, budget: 1 };
    const [only, ...more] = budgetsOf(unmeasured, wayFrom(unmeasured, home).segments, settings);
    assert.deepEqual([only?.wavelengthNm, more.length], [1625, 0]);
    const { cables, ...others } = only?.parts ?? assert.fail('there is no budget');
    assert.ok(Math.abs(cables - (2.03 + 0.15)) < 1e-9);
    assert.deepEqual(others, { splices: 2, connectors: 0, splitters: 3.7 });
    assert.ok((only?.marginDb ?? 0) < 0);
  });

  it('knows splitters by the next larger size, and beyond the largest by its doublings', () => {
    const losses = [1, 2, 3, 64, 65, 128, 129, 512].map((outputs) => splitterLoss(lossDefaults.splitter, outputs));
    assert.deepEqual(losses, [3.7, 3.7, 7.3, 20.5, 23.8, 23.8, 23.8 + 3.5, 23.8 + 7]);
  });
});
