/** What we use of `dxf`, which declares no types. Whatever stands in a file may be missing or of another kind in what it reads. */
import { createRequire } from 'node:module';

type ReadPoint = { readonly x?: number; readonly y?: number };

/** An entity as its handlers make it (`lib/handlers/entity/`). */
export type ReadEntity = {
  readonly type: string;
  readonly layer?: string;
  readonly vertices?: readonly ReadPoint[];
  readonly closed?: boolean;
  readonly start?: ReadPoint;
  readonly end?: ReadPoint;
  readonly x?: number;
  readonly y?: number;
  readonly x2?: number;
  readonly y2?: number;
  readonly r?: number;
  readonly string?: string;
  readonly textHeight?: number;
  readonly rotation?: number;
  readonly hAlign?: number;
  readonly vAlign?: number;
  readonly block?: string;
  readonly measureStart?: ReadPoint;
  readonly measureEnd?: ReadPoint;
};

export type ReadDxf = {
  readonly header: { readonly insUnits?: number; readonly measurement?: number };
  readonly tables: {
    readonly layers: Readonly<Record<string, { readonly colorNumber?: number; readonly lineTypeName?: string }>>;
    readonly ltypes: Readonly<Record<string, { readonly pattern: readonly { readonly length: number }[] }>>;
  };
  readonly blocks: readonly { readonly name?: string; readonly entities?: readonly ReadEntity[] }[];
  readonly entities: readonly ReadEntity[];
};

export const { parseString } = createRequire(import.meta.url)('dxf') as {
  readonly parseString: (text: string) => ReadDxf;
};
