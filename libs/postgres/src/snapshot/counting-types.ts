import pg from 'pg';

export type CountingTypes = {
  readonly types: pg.CustomTypesConfig;
  /** How long the values were that came since the last `reset`, as the server writes them. */
  bytes(): number;
  reset(): void;
};

/** What columns become, as `types` has it, with their lengths counted on the way. */
export const countingTypes = (types: pg.CustomTypesConfig = pg.types): CountingTypes => {
  let bytes = 0;
  const counting = (oid: number, format?: 'text' | 'binary') => {
    // Its overloads name the types of single parsers; whichever it is, it takes what came.
    const parse = types.getTypeParser(oid, format) as (value: string) => unknown;
    return (value: string) => {
      bytes += value.length;
      return parse(value);
    };
  };
  return {
    types: { getTypeParser: counting as pg.CustomTypesConfig['getTypeParser'] },
    bytes: () => bytes,
    reset: () => {
      bytes = 0;
    },
  };
};
