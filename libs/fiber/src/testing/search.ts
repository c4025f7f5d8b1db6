/** All ways from a port by trying everything: what a trace has to find, found otherwise. */
import { fiberKey, type NetworkRows } from '../network/network.ts';

/** What a way passes: ports by the ids of their patches, fibres by their keys; and whether it ended because it came back to itself. */
export type Searched = { readonly passed: readonly string[]; readonly isLoop: boolean };

/** Between two things that light passes, `inside` a splitter or not. */
type Edge = { readonly ends: readonly [string, string]; readonly inside: boolean };

/** A graph whose edges are looked through at every step, and a recursion over all of its simple paths. */
export const searchFrom = (rows: NetworkRows, start: number): readonly Searched[] => {
  const edges = edgesOf(rows);
  const splitterPorts = new Set(
    rows.patches
      .filter(({ element }) => rows.splitters.some((one) => one.element === element))
      .map(({ id }) => `p${id}`),
  );
  const onwardFrom = (at: string, by: Edge | undefined): readonly Edge[] => {
    const all = edges.filter((edge) => edge !== by && edge.ends.includes(at));
    // Who starts at a port goes outward: into its fibre, if there is one.
    if (by === undefined) {
      const outward = all.filter(({ inside }) => !inside);
      const fibers = outward.filter(({ ends }) => ends.some((end) => end.startsWith('f')));
      return fibers.length > 0 ? fibers : outward;
    }
    return splitterPorts.has(at) ? all.filter(({ inside }) => inside !== by.inside) : all;
  };
  const search = (path: readonly string[], by: Edge | undefined): readonly Searched[] => {
    const at = path.at(-1) ?? '';
    const onward = onwardFrom(at, by);
    if (onward.length === 0) return [{ passed: path, isLoop: false }];
    return onward.flatMap((edge) => {
      const next = edge.ends[0] === at ? edge.ends[1] : edge.ends[0];
      return path.includes(next) ? [{ passed: path, isLoop: true }] : search([...path, next], edge);
    });
  };
  return search([`p${start}`], undefined);
};

const edgesOf = ({ splices, patches, splitters }: NetworkRows): readonly Edge[] => {
  const jumpers = new Set(
    patches.flatMap(({ id, connectedTo }) =>
      connectedTo === undefined ? [] : [[id, connectedTo].toSorted((one, other) => one - other).join(' ')],
    ),
  );
  const outside = (ends: readonly [string, string]): Edge => ({ ends, inside: false });
  return [
    ...splices.map(({ a, b }) => outside([`f${fiberKey(a)}`, `f${fiberKey(b)}`])),
    ...patches.flatMap(({ id, fiber }) => (fiber === undefined ? [] : [outside([`p${id}`, `f${fiberKey(fiber)}`])])),
    ...[...jumpers].map((pair) => {
      const [one, other] = pair.split(' ');
      return outside([`p${one}`, `p${other}`]);
    }),
    ...splitters.flatMap(({ element }) => {
      const ports = patches.filter((patch) => patch.element === element);
      const inputs = ports.filter(({ port }) => port === 0);
      return inputs.flatMap((input) =>
        ports
          .filter(({ port }) => port !== 0)
          .map((output): Edge => ({ ends: [`p${input.id}`, `p${output.id}`], inside: true })),
      );
    }),
  ];
};
