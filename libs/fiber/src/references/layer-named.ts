/**
 * Which layer a name means. Clients call a layer by its table, by its name in a package, in QField or in the plugin, or by the id
 * that QGIS gave it in one project file: its name, and then what no other project has.
 */
import { type CableLayer, cableLayers, type Layer, layers } from '../vocabulary/layers.ts';

/** `undefined`: no layer that we know. Upper and lower case differ, as they do for those clients. */
export const layerNamed = (name: string): Layer | undefined =>
  byName.get(spelled(name)) ?? byName.get(spelled(name.replace(givenByQgis, '')));

/** The same where only a cable will do. */
export const cableLayerNamed = (name: string): CableLayer | undefined => {
  const layer = layerNamed(name);
  return cableLayers.find((one) => one === layer);
};

/** QGIS makes an id of a layer's name, with an underline for all but letters and digits, and a UUID; older versions, of a time. */
const givenByQgis = /_(?:[0-9a-f]{8}(?:[_-][0-9a-f]{4}){3}[_-][0-9a-f]{12}|[0-9a-f]{4,32}|[0-9]{14,20})$/;

const spelled = (name: string): string => name.trim().replaceAll(/[ _]+/g, '_');

const byName: ReadonlyMap<string, Layer> = new Map(
  (Object.keys(layers) as Layer[]).flatMap((layer) => {
    const { table, packageName, otherNames } = layers[layer];
    // Two layers share a table: its name alone says neither.
    const ofTable = table === 'ftth_spojevi' ? [] : [table];
    return [layer, ...ofTable, packageName, ...otherNames].map((name) => [spelled(name), layer] as const);
  }),
);
