/** The layers of a fibre network, each with the names that clients know it by, the table of its rows, and what its places are. */

export type LayerDefinition = {
  /** In schema `fiberq`. Ids are given for each table. */
  readonly table: FiberTable;
  readonly geometry: 'Point' | 'LineString' | 'Polygon';
  /** In packages for the field. */
  readonly packageName: string;
  /** In projects of QGIS and QField, and in files of the plugin: everything else that it is called. */
  readonly otherNames: readonly string[];
};

export type FiberTable =
  | 'ftth_okna'
  | 'ftth_stubovi'
  | 'ftth_kablovi_podzemni'
  | 'ftth_kablovi_nadzemni'
  | 'ftth_trase'
  | 'ftth_cevi'
  | 'ftth_mufovi'
  | 'ftth_spojevi'
  | 'ftth_elements'
  | 'fiber_splice_closures'
  | 'work_orders'
  | 'smr_reports'
  | 'field_photos';

const layer = (
  table: FiberTable,
  geometry: LayerDefinition['geometry'],
  packageName: string,
  otherNames: readonly string[],
): LayerDefinition => ({ table, geometry, packageName, otherNames });

const layerDefinitions = {
  manhole: layer('ftth_okna', 'Point', 'OKNA', ['Manholes']),
  pole: layer('ftth_stubovi', 'Point', 'Stubovi', ['Poles']),
  underground_cable: layer('ftth_kablovi_podzemni', 'LineString', 'Kablovi_podzemni', ['Underground cables']),
  aerial_cable: layer('ftth_kablovi_nadzemni', 'LineString', 'Kablovi_vazdusni', ['Kablovi_nadzemni', 'Aerial cables']),
  route: layer('ftth_trase', 'LineString', 'Trasa', ['Route']),
  pipe: layer('ftth_cevi', 'LineString', 'PE cevi', ['PE pipes', 'Transition pipes', 'Prelazne cevi']),
  joint_closure: layer('ftth_mufovi', 'Point', 'Nastavci', ['Joint Closures']),
  fiber_break: layer('ftth_spojevi', 'Point', 'Prekid vlakna', ['Fiber break']),
  optical_slack: layer('ftth_spojevi', 'Point', 'Opticke_rezerve', ['Optical slack', 'Optical slacks']),
  element: layer('ftth_elements', 'Point', 'Elements', [
    // The plugin has a layer for each type.
    ...['ODF', 'TB', 'Patch panel', 'OTB', 'Indoor OTB', 'Outdoor OTB', 'Pole OTB'],
    ...['TO', 'Indoor TO', 'Outdoor TO', 'Pole TO', 'Joint Closure TO'],
  ]),
  splice_closure: layer('fiber_splice_closures', 'Point', 'Splice_closures', ['Splice Closures']),
  work_order: layer('work_orders', 'Polygon', 'Work_orders', ['Work Orders']),
  smr_report: layer('smr_reports', 'Point', 'SMR_reports', ['SMR Reports']),
  field_photo: layer('field_photos', 'Point', 'field_photos', ['Field Photos']),
} as const satisfies Readonly<Record<string, LayerDefinition>>;

export type Layer = keyof typeof layerDefinitions;

export const layers: Readonly<Record<Layer, LayerDefinition>> = layerDefinitions;

/** Layers that a splice, a patch, a slack or a break may name as its cable. */
export const cableLayers = ['underground_cable', 'aerial_cable'] as const satisfies readonly Layer[];
export type CableLayer = (typeof cableLayers)[number];
